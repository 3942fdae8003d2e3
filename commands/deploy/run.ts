import { typist } from '../../src/audit/actors.ts'
import { HelixError } from '../../src/errors.ts'
import type { Bringing, Deployed } from '../../src/release/bring.ts'
import type { Target } from '../../src/release/target.ts'
import type { Context } from '../context.ts'
import { deployer, hooksOf, journalHere } from './target.ts'
import { stepTeller } from './view.ts'

/** What a deploy without a database writes down. */
export const DEPLOY_ACTS = [
  'deploy.step.start',
  'deploy.undo.start',
  'deploy.without.start',
  'program.run.start',
] as const

/** What came of it. */
export interface Brought extends Deployed {
  planned: boolean
  undone: boolean
}

/** How it is brought, as it was typed. */
export interface How {
  plan: boolean
  resume: boolean
  undo: boolean
  reason: string
  without: readonly string[]
}

/**
 * Brings a release to its target, goes on with one, undoes it, or says what it would do.
 * @throws HelixError `usage` for two of these at once; else as `bring`, `goOn` or `planOf`
 */
export async function bringTo(
  target: Target,
  { plan, resume, undo, ...why }: How,
  context: Context,
): Promise<Brought> {
  const ways = Object.entries({ plan, resume, undo }).flatMap(([name, given]) => (given ? [`--${name}`] : []))
  if (ways.length > 1) throw new HelixError('usage', `${ways.join(' and ')} cannot be had at once`)
  const { releaseId } = await import('../../src/release/id.ts')
  const { headCommit } = await import('../../src/config/package.ts')
  const { bring, goOn, planOf } = await import('../../src/release/bring.ts')
  const { root } = await context.config()
  const bringing = await bringingOf(releaseId(new Date(), headCommit(root)), why, context)
  if (plan) return { ...(await planOf(target, bringing)), planned: true, undone: false }
  tellOfEnding(context)
  const deployed = resume || undo ? await goOn(target, bringing, { undo }) : await bring(target, bringing)
  return { ...deployed, planned: false, undone: undo }
}

/** Who brings a release, and where that is written down. */
export async function bringingOf(
  release: string,
  { reason, without }: Pick<How, 'reason' | 'without'>,
  context: Context,
): Promise<Bringing> {
  const audit = await context.log().audit()
  return {
    release,
    reason,
    without,
    by: deployer(),
    actor: typist(),
    audit,
    hooks: await hooksOf(context, audit),
    instead: await journalHere(context),
    signal: context.signal,
    onStep: stepTeller(context),
  }
}

/** Has whoever asks a deploy to end told what then happens: a machine that hangs makes it take its time. */
export function tellOfEnding({ signal, note }: Context): void {
  const text =
    'Ending what runs on the machines, and undoing what was done. Ctrl-C again leaves all as it is, at once; ' +
    'helix releases then says how to go on.'
  signal.addEventListener('abort', () => note(text), { once: true })
}
