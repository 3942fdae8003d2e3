import { asHelixError, HelixError } from '../errors.ts'
import { lookAt } from './vps/facts.ts'
import type { Place } from './vps/place.ts'

/** What a machine serves, as far as can be told. */
interface Standing {
  host: string
  /** The release; null where none serves, undefined where nobody knows. */
  serves: string | null | undefined
}

/** Asks every machine what it serves; one that cannot be reached is told of, never waited for twice. */
function whereEachStands(places: readonly Place[]): Promise<Standing[]> {
  return Promise.all(
    places.map(async (place) => {
      const facts = await lookAt(place).catch(() => undefined)
      return { host: place.host.name, serves: facts?.current }
    }),
  )
}

/**
 * A release that is on some machines and could not be taken off: the failure as it was, and which machine serves what
 * now. A machine that cannot be reached may come back, or be left out.
 * @param target as one types it after `helix deploy`
 */
export async function tellWhere(
  thrown: unknown,
  places: readonly Place[],
  target: string,
): Promise<HelixError> {
  const failure = asHelixError(thrown)
  if (failure.code !== 'rollback_failed') return failure
  const standing = await whereEachStands(places)
  const gone = standing.filter(({ serves }) => serves === undefined).map(({ host }) => host)
  const next = gone.length === 0 ? [] : [`helix deploy ${target} --undo --without ${gone.join(' ')}`]
  return new HelixError(failure.code, failure.message, {
    hint: [`${standing.map(tell).join('; ')}.`, failure.hint, gone.length > 0 && leaveOut(gone)]
      .filter(Boolean)
      .join(' '),
    next: [...failure.next, ...next],
    details: { ...failure.details, standing },
    cause: failure,
  })
}

function tell({ host, serves }: Standing): string {
  if (serves === undefined) return `${host} cannot be reached`
  return `${host} serves ${serves ?? 'nothing'}`
}

function leaveOut(gone: readonly string[]): string {
  const which = gone.join(' and ')
  return `Should ${which} never come back, leave ${gone.length === 1 ? 'it' : 'them'} out: --without ${gone.join(' ')}.`
}
