import { stagedBytes } from '../../src/copy/stage.ts'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { type MigrationState, migrationStatus } from '../../src/db/migrations/status.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { size } from '../backup/shown.ts'
import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'
import { lookInto, placeOf } from './place.ts'

export default defineCommand({
  examples: [
    ['helix db status', 'which migrations are applied, and which are not yet'],
    ['helix db status --env production --json', 'the same for scripts'],
  ],
  async run(_input, context) {
    const place = await placeOf(context)
    const status = await lookInto(place, async (db) => ({
      ...(await migrationStatus(db)),
      copyLeft: (await db.transaction('owner', stagedBytes)) ?? null,
    }))
    return { mode: place.mode, ...(status ?? { ...nothingYet(), copyLeft: null }) }
  },
  view({ mode, origin, current, target, migrations, copyLeft }, { colour }) {
    return [
      `${colour.bold(`Schema ${current ?? 'none yet'}`)}, this Helix has ${target ?? 'none'}  ${colour.dim(`${mode}, ${ORIGINS[origin]}`)}`,
      ...migrations.map((migration) => row(migration, colour)),
      ...(copyLeft === null
        ? []
        : [
            `${colour.yellow('!')} A helix db copy that is under way or was interrupted has ${size(copyLeft)} here: go on with it, or remove it with --discard.`,
          ]),
    ].join('\n')
  },
})

const ORIGINS = {
  none: 'there is no database yet',
  empty: 'nothing is in the database yet',
  helix: 'Helix’s database',
  guide: 'made from the launch guide’s SQL by hand',
  foreign: 'another application’s database',
} as const

/** An embedded database that was never made. */
function nothingYet() {
  const migrations = readMigrations().map(
    ({ version, name }): MigrationState => ({
      version,
      name,
      state: 'pending',
      appliedAt: null,
      durationMs: null,
    }),
  )
  return { origin: 'none' as const, current: null, target: migrations.at(-1)?.version ?? null, migrations }
}

function row(
  { version, name, state, appliedAt, durationMs }: MigrationState,
  colour: Context['colour'],
): string {
  const paint = { applied: colour.green, pending: colour.yellow, edited: colour.red, missing: colour.red }[
    state
  ]
  const when = appliedAt === null ? '' : `${appliedAt.toISOString()}  ${durationMs ?? 0} ms`
  return `${paint(state.padEnd(8))}  ${safeText(`${version}_${name ?? ''}`).padEnd(40)}  ${colour.dim(when)}`.trimEnd()
}
