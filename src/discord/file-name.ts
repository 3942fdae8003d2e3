import type { Channel } from '../audit/entry.ts'

/** Which entries a file holds: the first and the last, and whatever of the channel is between. */
export interface FilePlace {
  first: number
  last: number
}

/** The name of the file in which entries are posted, as Discord keeps it unchanged. */
export function fileNameOf({
  log,
  channel,
  first,
  last,
}: FilePlace & { log: string; channel: Channel }): string {
  return `${prefixOf(log, channel)}${first}-${last}.jsonl`
}

/** What a file of this log and channel holds, by its name; undefined for any other. */
export function placeIn(name: string, log: string, channel: Channel): FilePlace | undefined {
  const prefix = prefixOf(log, channel)
  if (!name.startsWith(prefix)) return undefined
  const [, first, last] = /^(\d{1,15})-(\d{1,15})\.jsonl$/.exec(name.slice(prefix.length)) ?? []
  return first && last ? { first: Number(first), last: Number(last) } : undefined
}

function prefixOf(log: string, channel: Channel): string {
  return `helix-${log.replace(/[^\w.-]/g, '_')}-${channel}-`
}
