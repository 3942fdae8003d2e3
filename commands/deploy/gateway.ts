import { join } from 'node:path'
import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { leavesOlderReleases } from '../../src/db/migrations/plan.ts'
import { pendingPlan } from '../../src/db/migrations/status.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import { databaseSteps } from '../../src/release/database-steps.ts'
import type { Context } from '../context.ts'
import { lookInto, placeOf } from '../db/place.ts'
import { defineCommand, option } from '../define.ts'
import { cargoOf, type Named } from './cargo.ts'
import { bringTo } from './run.ts'
import { deployer, gatewayPlaces, hooksOf, journalHere, NOTHING_BROUGHT, withoutOption } from './target.ts'
import { showBrought, stepTeller } from './view.ts'

export default defineCommand({
  examples: [
    ['helix deploy gateway --env production --plan', 'print every change, make none'],
    ['helix deploy gateway --env production', 'bring it; undone by itself when it is bad'],
    ['helix deploy gateway --env production --resume', 'go on after the deployer died'],
  ],
  description:
    'Starts the release beside the one that serves, asks it, sends it the requests by swapping one symlink, and ' +
    'watches it; a release that is worse than the one before is undone on every machine. Ends with 5 when it was ' +
    'undone, 6 when undoing failed, 4 when somebody else deploys.',
  acts: [
    ...[
      'deploy.step.start',
      'deploy.undo.start',
      'deploy.without.start',
      'db.migrate.start',
      'backup.create.start',
      'file.write.start',
      'program.run.start',
    ],
  ] as const,
  options: {
    archive: option(
      '--archive <file>',
      'a built gateway; without it the one built of this commit',
      z.string().min(1).optional(),
    ),
    image: option(
      '--image <name>',
      'the image for machines with Docker; without it the one built of this commit',
      z.string().min(1).optional(),
    ),
    plan: option('--plan', 'print what would be done, and do nothing', z.boolean().default(false)),
    reason: option(
      '--reason <text>',
      'why, for whoever finds the lock',
      z.string().min(1).default('a deploy'),
    ),
    resume: option('--resume', 'finish the deploy that was interrupted', z.boolean().default(false)),
    undo: option('--undo', 'undo the deploy that was interrupted', z.boolean().default(false)),
    without: withoutOption,
  },
  async run(options, context) {
    const given = await deployOf(options, context)
    const { gatewayTarget, whereEach } = await import('../../src/release/deploy.ts')
    const target = gatewayTarget(given)
    return bringTo(target, options, context).catch(whereEach(given, target))
  },
  view: showBrought,
})

interface Asked extends Named {
  reason: string
  undo: boolean
  without: readonly string[]
}

/** A release of the gateway, from what is typed and what the configuration says. */
export async function deployOf({ reason, undo, without, ...named }: Asked, context: Context) {
  const config = await context.config(['database'])
  const { releaseSettings } = await import('../../src/release/settings.ts')
  const { releaseId } = await import('../../src/release/id.ts')
  const { headCommit } = await import('../../src/config/package.ts')
  const commit = headCommit(config.root)
  const actor = typist()
  const audit = await context.log().audit()
  const brought = async () => ({
    archive: await cargoOf(context, named, commit),
    settings: await releaseSettings(config),
    database: await databaseOf(context, actor),
  })
  return {
    release: releaseId(new Date(), commit),
    places: await gatewayPlaces(context, without),
    without,
    ...(undo ? NOTHING_BROUGHT : await brought()),
    publicName: config.domains.api,
    bootMs: config.deploy.bootMs,
    watchMs: config.deploy.watchMs,
    drainMs: config.timeouts.drainMs,
    keep: config.deploy.keep,
    reason,
    by: deployer(),
    actor,
    audit,
    hooks: await hooksOf(context, audit),
    instead: await journalHere(context),
    signal: context.signal,
    note: context.note,
    onStep: stepTeller(context),
  }
}

async function databaseOf(context: Context, actor: string) {
  const place = await placeOf(context)
  const plan = await lookInto(place, (db) => pendingPlan(db))
  const pending = plan?.pending.map(({ version }) => version) ?? []
  return databaseSteps({
    pending,
    leavesNoWayBack:
      plan?.current !== undefined && plan.pending.some((migration) => !leavesOlderReleases(migration)),
    where: `the database of ${place.mode}`,
    backup: plan?.current === undefined ? undefined : () => backUp(context, place),
    async migrate() {
      const { migrateAudited } = await import('../../src/db/audited-migrate.ts')
      const journal = join(place.dataDir, 'journal.jsonl')
      await migrateAudited(place, { actor, journal, pending, confirm: context.confirm })
    },
  })
}

async function backUp(context: Context, place: DatabasePlace): Promise<string> {
  const { makeBackup } = await import('../backup/make.ts')
  const made = await lookInto(place, (db) => makeBackup(context, db, { reason: 'before a deploy' }))
  return `made ${made?.id} in ${made?.to}`
}
