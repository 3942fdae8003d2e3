import { join } from 'node:path'
import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { leavesOlderReleases } from '../../src/db/migrations/plan.ts'
import { pendingPlan } from '../../src/db/migrations/status.ts'
import type { DatabasePlace } from '../../src/db/open.ts'
import { databaseSteps } from '../../src/release/database-steps.ts'
import type { GatewayDeploy } from '../../src/release/deploy.ts'
import type { Context } from '../context.ts'
import { lookInto, placeOf } from '../db/place.ts'
import { defineCommand, option } from '../define.ts'
import { cargoOf, type Named } from './cargo.ts'
import { deployOptions } from './options.ts'
import { bringTo, DEPLOY_ACTS } from './run.ts'
import { gatewayPlaces, NOTHING_BROUGHT, passageOf } from './target.ts'
import { showBrought } from './view.ts'

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
  acts: [...DEPLOY_ACTS, 'db.migrate.start', 'backup.create.start', 'file.write.start'],
  options: {
    image: option(
      '--image <name>',
      'the image for machines with Docker; without it the one built of this commit',
      z.string().min(1).optional(),
    ),
    ...deployOptions('a built gateway; without it the one built of this commit'),
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
  undo: boolean
  without: readonly string[]
}

/** A release of the gateway, from what is typed and what the configuration says. */
export async function deployOf({ undo, without, ...named }: Asked, context: Context): Promise<GatewayDeploy> {
  const config = await context.config(['database'])
  const { releaseSettings } = await import('../../src/release/settings.ts')
  const { headCommit } = await import('../../src/config/package.ts')
  const brought = async () => ({
    archive: await cargoOf(context, named, headCommit(config.root)),
    settings: await releaseSettings(config),
    database: await databaseOf(context),
  })
  return {
    ...passageOf(await gatewayPlaces(context, without), config, context),
    ...(undo ? NOTHING_BROUGHT : await brought()),
  }
}

async function databaseOf(context: Context) {
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
      await migrateAudited(place, { actor: typist(), journal, pending, confirm: context.confirm })
    },
  })
}

async function backUp(context: Context, place: DatabasePlace): Promise<string> {
  const { makeBackup } = await import('../backup/make.ts')
  const made = await lookInto(place, (db) => makeBackup(context, db, { reason: 'before a deploy' }))
  return `made ${made?.id} in ${made?.to}`
}
