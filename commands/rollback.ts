import { z } from 'zod'
import { RELEASE_ID } from '../src/release/id.ts'
import type { Target } from '../src/release/target.ts'
import type { Context } from './context.ts'
import { warnOfFindings } from './db/findings.ts'
import { argument, defineCommand, option } from './define.ts'
import { differencesTo, lastHealthy, refuseUnreadable } from './deploy/back.ts'
import { pageTargetOf } from './deploy/page.ts'
import { goBackOfPage } from './deploy/pages.ts'
import { bringingOf, DEPLOY_ACTS, tellOfEnding } from './deploy/run.ts'
import { gatewayPlaces, NOTHING_BROUGHT, passageOf, withoutOption } from './deploy/target.ts'
import { showBack } from './deploy/view.ts'

export default defineCommand({
  examples: [
    ['helix rollback', 'go back to the last release that served well'],
    ['helix rollback 20261125T190000Z-08eba2d', 'to that one'],
    ['helix rollback --part web', 'the page alone'],
    ['helix rollback --dry-run', 'say to which, and what differs, and do nothing'],
  ],
  description:
    'Starts the release with the settings it had, asks it, and sends it the requests. Data is not taken back: a ' +
    'release that cannot read the schema there is now is refused before anything is started. Afterwards it looks, as ' +
    'helix db check does, whether everything in the database fits together, and says what does not.',
  arguments: {
    release: argument(
      '[release]',
      'which; without it the last that served well before',
      z.string().regex(RELEASE_ID, 'a release as helix releases names it').optional(),
    ),
  },
  acts: DEPLOY_ACTS,
  dryRun: true,
  options: {
    reason: option(
      '--reason <text>',
      'why, for whoever finds the lock',
      z.string().min(1).default('a roll-back'),
    ),
    without: withoutOption,
    part: option(
      '--part <name>',
      'gateway, web, status or all; without it what was last deployed of the gateway, with the page or alone',
      z.enum(['gateway', 'web', 'status', 'all']).optional(),
    ),
  },
  async run({ release: named, reason, part, without }, context) {
    const config = await context.config()
    const onlyPage = part === undefined && !config.deploy.gateway && config.deploy.web
    if (part === 'web' || part === 'status' || onlyPage) {
      const page = await pageTargetOf(context, part ?? 'web', undefined, without)
      return goBackOfPage(page, { release: named, reason, without }, context)
    }
    const places = await gatewayPlaces(context, without)
    const { gatewayTarget, whereEach } = await import('../src/release/deploy.ts')
    const { unlessStopped } = await import('../src/release/unless-stopped.ts')
    const { goBackTo, planOfGoingBack } = await import('../src/release/bring.ts')
    const given = { ...passageOf(places, config, context), ...NOTHING_BROUGHT }
    const gateway = gatewayTarget(given)
    const release = named ?? (await lastHealthy(gateway, context))
    const bringing = await bringingOf(release, { reason, without }, context)
    const both = await unlessStopped(context.signal, isTogether(gateway, release, part))
    const target = both ? await withPage(gateway, without, context) : gateway
    const plan = await planOfGoingBack(target, bringing)
    const differences = await unlessStopped(context.signal, differencesTo(places, plan))
    await refuseUnreadable(context, differences.to)
    if (context.dryRun) return { ...plan, differences, planned: true }
    const { tellDifferences } = await import('../src/release/differences.ts')
    for (const line of tellDifferences(differences)) context.note(line)
    tellOfEnding(context)
    const back = await goBackTo(target, bringing).catch(whereEach(given, target))
    // A release that was bad may have left the data so; what is served does not wait for this.
    await warnOfFindings(context)
    return { ...back, differences, planned: false }
  },
  view: showBack,
})

/** What was brought together goes back together, unless one part is named. @throws HelixError as `goesBackTogether` */
async function isTogether(gateway: Target, release: string, part: string | undefined): Promise<boolean> {
  if (part !== undefined) return part === 'all'
  const { progressOf } = await import('../src/release/progress.ts')
  const { goesBackTogether } = await import('../src/release/together.ts')
  return goesBackTogether(progressOf(await gateway.journal.read()), release)
}

async function withPage(gateway: Target, without: readonly string[], context: Context): Promise<Target> {
  const { together } = await import('../src/release/together.ts')
  return together('all', [gateway, await pageTargetOf(context, 'web', undefined, without)])
}
