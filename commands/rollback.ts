import { z } from 'zod'
import { typist } from '../src/audit/actors.ts'
import { RELEASE_ID } from '../src/release/id.ts'
import { argument, defineCommand, option } from './define.ts'
import { differencesTo, lastHealthy, refuseUnreadable } from './deploy/back.ts'
import {
  deployer,
  gatewayPlaces,
  hooksOf,
  journalHere,
  NOTHING_BROUGHT,
  withoutOption,
} from './deploy/target.ts'
import { showBack, stepTeller } from './deploy/view.ts'

export default defineCommand({
  examples: [
    ['helix rollback', 'go back to the last release that served well'],
    ['helix rollback 20261125T190000Z-08eba2d', 'to that one'],
    ['helix rollback --dry-run', 'say to which, and what differs, and do nothing'],
  ],
  description:
    'Starts the release with the settings it had, asks it, and sends it the requests. Data is not taken back: a ' +
    'release that cannot read the schema there is now is refused before anything is started.',
  arguments: {
    release: argument(
      '[release]',
      'which; without it the last that served well before',
      z.string().regex(RELEASE_ID, 'a release as helix releases names it').optional(),
    ),
  },
  acts: ['deploy.step.start', 'deploy.undo.start', 'deploy.without.start', 'program.run.start'],
  dryRun: true,
  options: {
    reason: option(
      '--reason <text>',
      'why, for whoever finds the lock',
      z.string().min(1).default('a roll-back'),
    ),
    without: withoutOption,
  },
  async run({ release: named, reason, without }, context) {
    const config = await context.config()
    const places = await gatewayPlaces(context, without)
    const { goBack, planGoBack } = await import('../src/release/deploy.ts')
    const audit = await context.log().audit()
    const given = {
      release: named ?? (await lastHealthy(places)),
      places,
      without,
      ...NOTHING_BROUGHT,
      publicName: config.domains.api,
      bootMs: config.deploy.bootMs,
      watchMs: 0,
      drainMs: config.timeouts.drainMs,
      keep: config.deploy.keep,
      reason,
      by: deployer(),
      actor: typist(),
      audit,
      hooks: await hooksOf(context, audit),
      instead: await journalHere(context),
      signal: context.signal,
      note: context.note,
      onStep: stepTeller(context),
    }
    const plan = await planGoBack(given)
    const differences = await differencesTo(places, plan)
    await refuseUnreadable(context, differences.to)
    if (context.dryRun) return { ...plan, differences, planned: true }
    const { tellDifferences } = await import('../src/release/differences.ts')
    for (const line of tellDifferences(differences)) context.note(line)
    return { ...(await goBack(given)), differences, planned: false }
  },
  view: showBack,
})
