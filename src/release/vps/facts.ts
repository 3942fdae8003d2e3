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
}

/** Unpacked and packed, a release takes about this many times its archive. */
const TIMES_ARCHIVE = 5

/** Makes sure of the folder Helix has on a machine. */
export async function placeOn(host: Host, folder: string, runner: Runner): Promise<Place> {
  return { host, folder: await runOn(host, 'make the folder', scripts.makeFolder(folder)), runner }
}

/**
 * Looks at a machine before anything is changed.
 * @throws HelixError `precondition_failed` naming what it lacks for a release of so many bytes
 */
export async function readFacts({ host, folder, runner }: Place, archiveBytes: number): Promise<Facts> {
  const text = await runOn(host, 'look at the machine', scripts.readFacts(folder, runner.look))
  const values = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '')
  const value = (name: string) => values(name)[0] ?? ''
  const freeBytes = Number(value('freeKb')) * 1_024
  const lacks = [
    ...runner.lacks(value),
    freeBytes > archiveBytes * TIMES_ARCHIVE ||
      `it has ${Math.round(freeBytes / 1e6)} MB free, a release needs ${Math.round((archiveBytes * TIMES_ARCHIVE) / 1e6)}`,
  ].filter((lack) => lack !== true)
  if (lacks.length > 0)
    throw new HelixError('precondition_failed', `${host.name} is not ready for a release`, {
      hint: lacks.join('; '),
      details: { host: host.name, lacks },
    })
  return { current: value('current') || null, releases: values('release').sort(), freeBytes }
}
