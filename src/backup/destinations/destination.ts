import { HelixError } from '../../errors.ts'

export interface StoredFile {
  name: string
  bytes: number
}

/** A file that was begun to be put, and neither came whole nor was given up. */
export interface Upload {
  name: string
  id: string
  /** A moment, as ISO 8601 tells it. */
  begun: string
}

export interface Unfinished {
  found: Upload[]
  /** Why the place does not tell, in its own word; others may have been begun then. */
  refused: string | undefined
}

/** Where backups lie. A file is there whole or not at all, whatever happens while it is written. */
export interface Destination {
  /** As a person knows it. */
  readonly name: string
  /** Whether writing to it is as slow as a network. */
  readonly remote: boolean
  /** Every file there, also one that cannot be read. */
  list(): Promise<StoredFile[]>
  put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** @throws HelixError `backup_not_found`, `backup_unreadable` where that file alone is to blame, and not the place */
  get(name: string): AsyncIterable<Uint8Array>
  remove(name: string): Promise<void>
  /** Uploads of which `list` knows nothing, where a place keeps such: whoever was killed amid one could not give it up. */
  uploads?: { list(): Promise<Unfinished>; giveUp(upload: Upload): Promise<void> }
  close(): Promise<void>
}

export function fileNotFound(destination: string, name: string): HelixError {
  return new HelixError('backup_not_found', `There is no ${name} in ${destination}`, {
    hint: 'See what there is: helix backup list.',
    next: ['helix backup list'],
  })
}

/** The failure of one file of a place that answers: others there may well be read. */
export function fileUnreadable(
  place: string,
  { file, why, hint, cause }: { file: string; why: string; hint: string; cause?: unknown },
): HelixError {
  return new HelixError('backup_unreadable', `${file} cannot be read from ${place}: ${why}`, {
    hint,
    details: { place, file, why },
    cause,
  })
}

/** Failures that say something of one file, and nothing of the place. */
const OF_ONE_FILE: readonly string[] = ['backup_not_found', 'backup_unreadable']

/** Why that one file could not be read. @throws what was thrown, where it is not about one file */
export function whyUnread(thrown: unknown): string {
  if (thrown instanceof HelixError && OF_ONE_FILE.includes(thrown.code)) return thrown.message
  throw thrown
}

/** The text of a small file. */
export async function readText(destination: Pick<Destination, 'get'>, name: string): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of destination.get(name)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** Text as `put` takes it. */
export async function* textBytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
