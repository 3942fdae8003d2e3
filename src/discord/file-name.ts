import { CHANNELS, type Channel } from '../audit/entry.ts'

/** Which entries a file holds: the first and the last, and whatever of the channel is between. */
export interface FilePlace {
  first: number
  last: number
}

/** What a file of entries is. */
interface LogFile extends FilePlace {
  log: string
  channel: Channel
  /** Whether more of the channel was there when it was made, so that what follows it may be older than the post. */
  part: boolean
}

/** The name of the file in which entries are posted, as Discord keeps it unchanged. */
export function fileNameOf({ log, channel, first, last, part }: LogFile): string {
  return `helix-${plain(log)}-${channel}-${first}-${last}${part ? '-part' : ''}.jsonl`
}

/** What a file holds, by its name, the log as the name can carry it; undefined for one that holds no entries. */
export function logFileIn(name: string): LogFile | undefined {
  const [, log, channel, first, last, part] = FORM.exec(name) ?? []
  if (!log || !channel) return undefined
  return {
    ...{ log, channel: channel as Channel, part: part !== undefined },
    ...{ first: Number(first), last: Number(last) },
  }
}

/** What a file of this log and channel holds, by its name; undefined for any other. */
export function placeIn(name: string, log: string, channel: Channel): FilePlace | undefined {
  const file = logFileIn(name)
  return file?.log === plain(log) && file.channel === channel ? file : undefined
}

/** The name of the file in which a checkpoint of so many entries is posted. */
export function noteFileName(log: string, size: number): string {
  return `helix-${plain(log)}-checkpoint-${size}.txt`
}

/** Whether a file holds a checkpoint, by its name. */
export function isNoteFile(name: string): boolean {
  return /^helix-[\w.-]+-checkpoint-\d{1,15}\.txt$/.test(name)
}

const FORM = new RegExp(`^helix-([\\w.-]+)-(${CHANNELS.join('|')})-(\\d{1,15})-(\\d{1,15})(-part)?\\.jsonl$`)

function plain(log: string): string {
  return log.replace(/[^\w.-]/g, '_')
}
