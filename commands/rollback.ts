import { z } from 'zod'
import { typist } from '../src/audit/actors.ts'
import { HelixError } from '../src/errors.ts'
import { RELEASE_ID } from '../src/release/id.ts'
import type { Place } from '../src/release/vps/place.ts'
import { argument, defineCommand, option } from './define.ts'
import { deployer, gatewayPlaces, journalHere, NOTHING_BROUGHT } from './deploy/target.ts'
import { showDeploy, stepTeller } from './deploy/view.ts'

export default defineCommand({
  examples: [
    ['helix rollback', 'go back to the last release that served well'],
    ['helix rollback 20261125T190000Z-08eba2d', 'to that one'],
  ],
  description:
    'Starts the release with the settings it had, asks it, and sends it the requests. Data is not taken back: a ' +
    'release that cannot read the schema there is now does not start, and nothing changes.',
  arguments: {
    release: argument(
      '[release]',
      'which; without it the last that served well before',
      z.string().regex(RELEASE_ID, 'a release as helix releases names it').optional(),
    ),
  },
  acts: ['deploy.step.start', 'deploy.undo.start'],
  options: {
    reason: option(
      '--reason <text>',
      'why, for whoever finds the lock',
      z.string().min(1).default('a roll-back'),
    ),
  },
  async run({ release, reason }, context) {
    const config = await context.config()
    const places = await gatewayPlaces(context)
    const { goBack } = await import('../src/release/deploy.ts')
    const deployed = await goBack({
      release: release ?? (await lastHealthy(places)),
      places,
      ...NOTHING_BROUGHT,
      bootMs: config.deploy.bootMs,
      watchMs: 0,
      drainMs: config.timeouts.drainMs,
      keep: config.deploy.keep,
      reason,
      by: deployer(),
      actor: typist(),
      audit: await context.log().audit(),
      instead: await journalHere(context),
      signal: context.signal,
      note: context.note,
      onStep: stepTeller(context),
    })
    return { ...deployed, undone: false }
  },
  view: showDeploy,
})

async function lastHealthy(places: readonly Place[]): Promise<string> {
  const { hostJournal } = await import('../src/release/journal.ts')
  const { healthyBefore, progressOf } = await import('../src/release/progress.ts')
  const { readFacts } = await import('../src/release/vps/facts.ts')
  const [first] = places
  const records = first ? await hostJournal(first.host, first.folder).read() : []
  const { current } = first ? await readFacts(first, 0) : { current: null }
  const release = healthyBefore(progressOf(records), current)
  if (release !== undefined) return release
  throw new HelixError('precondition_failed', 'No release before this one served well', {
    next: ['helix releases'],
  })
}
