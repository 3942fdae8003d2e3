import { codeOf, HelixError } from '../../src/errors.ts'
import type { Deployed } from '../../src/release/bring.ts'
import type { Differences } from '../../src/release/differences.ts'
import type { Target } from '../../src/release/target.ts'
import type { KeptRelease } from '../../src/release/vps/kept.ts'
import type { Place } from '../../src/release/vps/place.ts'
import type { Context } from '../context.ts'

/** The release of a target that served well before the one that serves. @throws HelixError `precondition_failed` */
export async function lastHealthy(target: Target, { signal }: Context): Promise<string> {
  const { healthyBefore, progressOf } = await import('../../src/release/progress.ts')
  const { unlessStopped } = await import('../../src/release/unless-stopped.ts')
  const look = Promise.all([target.journal.read(), target.current()])
  const [records, current] = await unlessStopped(signal, look)
  const release = healthyBefore(progressOf(records), current)
  if (release !== undefined) return release
  throw new HelixError('precondition_failed', 'No release before this one served well', {
    next: ['helix releases'],
  })
}

/** What comes back with a release, in code, schema and settings. */
export async function differencesTo(
  [place]: readonly Place[],
  { release, previous }: Pick<Deployed, 'release' | 'previous'>,
): Promise<Differences> {
  const { readKept, settingsBetween } = await import('../../src/release/vps/kept.ts')
  const kept = place ? await readKept(place) : []
  const find = (name: string | null) => kept.find((each) => each.release === name)
  return {
    from: find(previous) ?? null,
    to: find(release) ?? { release, version: null, commit: null, schema: null },
    settings: place && previous !== null ? await settingsBetween(place, previous, release) : null,
  }
}

/**
 * Refuses a release that cannot read the database there is now, before it is started. Where the database is away, that
 * is left to the release itself, which does not start then.
 * @throws HelixError `schema_ahead`
 */
export async function refuseUnreadable(context: Context, { release, schema }: KeptRelease): Promise<void> {
  if (schema === null) return context.note(`${release} does not say which schema it knows`)
  const { lookInto, placeOf } = await import('../db/place.ts')
  const { assertReadableBy } = await import('../../src/db/migrations/status.ts')
  try {
    await lookInto(await placeOf(context), (db) => assertReadableBy(db, schema))
  } catch (thrown) {
    if (codeOf(thrown) !== 'schema_ahead') {
      context.note(`Whether ${release} can read the database could not be seen from here (${codeOf(thrown)})`)
      return
    }
    const { message, details } = thrown as HelixError
    throw new HelixError('schema_ahead', `${release} cannot read the database there is now: ${message}`, {
      hint: 'Nothing was changed. Go back to a release that knows this schema, or bring a new one that mends what is wrong; a backup from before loses what came since.',
      next: ['helix releases'],
      details: { ...details, release },
    })
  }
}
