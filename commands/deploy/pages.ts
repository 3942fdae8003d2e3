import type { HeldLock } from '../../src/release/lock.ts'
import type { Progress } from '../../src/release/progress.ts'
import type { Target } from '../../src/release/target.ts'
import type { Context } from '../context.ts'
import { lastHealthy } from './back.ts'
import { type Part, pageArchive, pageTargetOf } from './page.ts'
import { type Brought, bringingOf, bringTo, type How, tellOfEnding } from './run.ts'

/** What was deployed of a page, newest first, and what serves. */
export interface PageReleases {
  part: Part
  current: string | null
  deploys: Omit<Progress, 'done' | 'begun'>[]
  /** What `helix rollback` would go back to. */
  back: string | null
  lock: HeldLock | null
}

/** Looks at a page where the configuration names a place for it; undefined where the gateway serves it. */
export async function releasesOf(
  context: Context,
  part: Part,
  without: readonly string[],
): Promise<PageReleases | undefined> {
  const { deploy } = await context.config()
  if (!deploy[part]) return undefined
  const { healthyBefore, progressOf } = await import('../../src/release/progress.ts')
  const target = await pageTargetOf(context, part, undefined, without)
  const current = await target.current()
  const progress = progressOf(await target.journal.read())
  const deploys = progress.map(({ done: _done, begun: _begun, ...told }) => told).toReversed()
  const back = healthyBefore(progress, current) ?? null
  return { part, current, deploys, back, lock: await target.lockedBy() }
}

/** Brings a page to its place; undoing takes none along. @throws HelixError as `bringTo`, `pageTargetOf` */
export async function bringPage(
  part: Part,
  { archive, ...how }: How & { archive?: string | undefined },
  context: Context,
): Promise<Brought> {
  const brought = how.undo ? undefined : await pageArchive(context, archive)
  return bringTo(await pageTargetOf(context, part, brought, how.without), how, context)
}

/** Goes back to a release of the page, or says what that would do. @throws HelixError as `goBackTo` */
export async function goBackOfPage(
  target: Target,
  { release, ...why }: { release: string | undefined; reason: string; without: readonly string[] },
  context: Context,
) {
  const { goBackTo, planOfGoingBack } = await import('../../src/release/bring.ts')
  const bringing = await bringingOf(release ?? (await lastHealthy(target, context)), why, context)
  if (!context.dryRun) tellOfEnding(context)
  const back = context.dryRun ? await planOfGoingBack(target, bringing) : await goBackTo(target, bringing)
  return { ...back, differences: null, planned: context.dryRun }
}

/** The releases of a page, for people. */
export function pageLines(
  { part, current, deploys, back, lock }: PageReleases,
  { colour }: Context,
): string[] {
  return [
    `${colour.bold(`the page (${part})`)} is ${current ?? 'nothing yet'}`,
    ...(lock ? [`${lock.owner} is deploying ${lock.release}: ${lock.reason}`] : []),
    ...deploys.map(
      ({ release, state, by, endedAt, target }) =>
        `  ${release}  ${state.padEnd(10)}  ${endedAt.toISOString()}  ${by}${target === 'all' ? '  with the gateway' : ''}`,
    ),
    ...(back === null ? [] : [colour.dim(`To go back: helix rollback --part ${part} (to ${back})`)]),
  ]
}
