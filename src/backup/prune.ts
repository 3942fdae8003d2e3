import type { Destination, Upload } from './destinations/destination.ts'
import { type ListedBackup, listBackups } from './list.ts'
import { archiveName, manifestName, proofName } from './manifest.ts'
import { readProof } from './proof.ts'
import { planRetention, type Retention, type RetentionPlan } from './retention.ts'

/** What pruning a place comes to. */
export interface PrunePlan extends RetentionPlan {
  /** Files of backups that were never finished, older than a day. */
  leftovers: string[]
  /** The same of what only its parts are there of, and no file. */
  uploads: Upload[]
  /** Why the place does not tell of such, where it does not. */
  uploadsRefused: string | undefined
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
    ...(await unfinished(destination, now)),
    damaged: [...damages].flatMap(([id, damage]) => (damage === undefined ? [] : [{ id, damage }])),
  }
}

/** Removes what a plan says: the manifest first, so that what is half removed is no backup any more. */
export async function prune(destination: Destination, plan: PrunePlan): Promise<void> {
  const { remove, leftovers, uploads } = plan
  for (const id of remove) {
    for (const name of [manifestName(id), archiveName(id), proofName(id)]) await destination.remove(name)
  }
  for (const name of leftovers) await destination.remove(name)
  for (const upload of uploads) await destination.uploads?.giveUp(upload)
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
    const unfinished = name.endsWith('.part') || !finished.has(name.slice(0, name.indexOf('.')))
    return unfinished && isOwnAndOld(name, now) ? [name] : []
  })
}

async function unfinished(
  { uploads }: Destination,
  now: Date,
): Promise<Pick<PrunePlan, 'uploads' | 'uploadsRefused'>> {
  const { found, refused } = (await uploads?.list()) ?? { found: [], refused: undefined }
  // What goes over a network was laid down before, which may have taken long by itself.
  const old = found.filter(({ name, begun }) => isOwnAndOld(name, now) && !isYoung(Date.parse(begun), now))
  return { uploads: old, uploadsRefused: refused }
}

/** Whether it is a file of a backup, by its name, that was begun more than a day ago. */
function isOwnAndOld(name: string, now: Date): boolean {
  const [, year, month, day, hour, minute, second] = OWN_FILE.exec(name) ?? []
  if (year === undefined) return false
  return !isYoung(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), now)
}

function isYoung(at: number, now: Date): boolean {
  return now.getTime() - at <= LEFT_AFTER_MS
}
