import type { Destination } from './destinations/destination.ts'
import { type ListedBackup, listBackups } from './list.ts'
import { archiveName, manifestName, proofName } from './manifest.ts'
import { readProof } from './proof.ts'
import { planRetention, type Retention, type RetentionPlan } from './retention.ts'

/** What pruning a place comes to. */
export interface PrunePlan extends RetentionPlan {
  /** Files of backups that were never finished, older than a day. */
  leftovers: string[]
  /** What somebody should look at; none of it is removed. */
  damaged: { id: string; damage: string }[]
}

const OWN_FILE =
  /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{6}\.(?:helix\.age|manifest\.json|proof\.json)(?:\.part)?$/
/** A backup may take long, and its files are not whole until its end. */
const LEFT_AFTER_MS = 24 * 3_600_000

/** Looks which backups of a place may go; removes nothing. */
export async function planPrune(
  destination: Destination,
  retention: Retention,
  now: Date,
): Promise<PrunePlan> {
  const listed = await listBackups(destination)
  const { provedAt, unread } = await proofsOf(destination, listed)
  const { keep, remove } = planRetention(listed, provedAt, retention, now)
  const damages = new Map(listed.map(({ id, damage }) => [id, damage ?? unread.get(id)]))
  return {
    keep,
    // One that may be the last proved goes only once its proof can be read.
    remove: remove.filter((id) => !unread.has(id)),
    leftovers: await leftovers(destination, listed, now),
    damaged: [...damages].flatMap(([id, damage]) => (damage === undefined ? [] : [{ id, damage }])),
  }
}

/** Removes what a plan says: the manifest first, so that what is half removed is no backup any more. */
export async function prune(destination: Destination, { remove, leftovers }: PrunePlan): Promise<void> {
  for (const id of remove) {
    for (const name of [manifestName(id), archiveName(id), proofName(id)]) await destination.remove(name)
  }
  for (const name of leftovers) await destination.remove(name)
}

/** When each backup was proved, and whose proof cannot be read, by id. */
async function proofsOf(destination: Destination, listed: readonly ListedBackup[]) {
  const provedAt = new Map<string, string>()
  const unread = new Map<string, string>()
  for (const { id, manifest } of listed) {
    const found = manifest && (await readProof(destination, manifest))
    if (found?.proof) provedAt.set(id, found.proof.at)
    if (found?.unread !== undefined) unread.set(id, `its proof cannot be read: ${found.unread}`)
  }
  return { provedAt, unread }
}

async function leftovers(
  destination: Destination,
  listed: readonly ListedBackup[],
  now: Date,
): Promise<string[]> {
  const finished = new Set(listed.map(({ id }) => id))
  return (await destination.list()).flatMap(({ name }) => {
    const [, year, month, day, hour, minute, second] = OWN_FILE.exec(name) ?? []
    if (year === undefined) return []
    const begun = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    const unfinished = name.endsWith('.part') || !finished.has(name.slice(0, name.indexOf('.')))
    return unfinished && now.getTime() - begun > LEFT_AFTER_MS ? [name] : []
  })
}
