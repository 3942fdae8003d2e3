import { HelixError } from '../../errors.ts'
import { type Host, runOn } from '../../shell/host.ts'
import type { Place } from './place.ts'
import type { Runner } from './runner.ts'
import * as scripts from './scripts.ts'

/** What a machine is and has, as far as a deploy asks. */
export interface Facts {
  /** The release that serves; null before the first. */
  current: string | null
  /** Releases that are there, oldest first. */
  releases: string[]
  freeBytes: number
  /** What it lacks to run releases, each with what to do about it. */
  lacks: string[]
}

/** Unpacked and packed, a release takes about this many times its archive. */
const TIMES_ARCHIVE = 5

/** Makes sure of the folder Helix has on a machine. */
export async function placeOn(
  host: Host,
  folder: string,
  runner: Runner,
  signal: AbortSignal,
): Promise<Place> {
  const made = await runOn(host, 'make the folder', scripts.makeFolder(folder), { signal })
  return { host, folder: made, runner }
}

/** Looks at a machine, whatever it lacks. */
export async function lookAt({ host, folder, runner }: Place): Promise<Facts> {
  const text = await runOn(host, 'look at the machine', scripts.readFacts(folder, runner.look))
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '')
  const value = (name: string) => values(name)[0] ?? ''
  return {
    current: value('current') || null,
    releases: values('release').sort(),
    freeBytes: Number(value('freeKb')) * 1_024,
    lacks: runner.lacks(value),
  }
}

/**
 * Makes sure that a release can be brought to a machine.
 * @throws HelixError `precondition_failed` naming what it lacks for a release of so many bytes
 */
export async function assertReady(place: Place, archiveBytes: number): Promise<void> {
  const { freeBytes, lacks: lacking } = await lookAt(place)
  const needed = archiveBytes * TIMES_ARCHIVE
  const lacks = [
    ...lacking,
    ...(freeBytes >= needed
      ? []
      : [`it has ${Math.round(freeBytes / 1e6)} MB free, a release needs ${Math.round(needed / 1e6)}`]),
  ]
  if (lacks.length === 0) return
  const { name } = place.host
  throw new HelixError('precondition_failed', `${name} is not ready for a release`, {
    hint: lacks.join('; '),
    details: { host: name, lacks },
  })
}
