/** The seven channels of the guide, each one Discord channel and one `channel` value of an entry. */
export const CHANNELS = [
  'commands',
  'api',
  'heartbeat',
  'file-changes',
  'consciousness',
  'alerts',
  'hash-chain',
] as const
export type Channel = (typeof CHANNELS)[number]

/** One link of the chain, exactly as `helix audit export` prints it. */
export interface AuditEntry {
  schema: 1
  log: string
  seq: number
  at: string
  channel: Channel
  kind: string
  actor: string
  data: Record<string, unknown>
  prev: string
  hash: string
}

/** What an act says of itself before the chain gives it a place. */
export interface NewEntry {
  channel: Channel
  /** Dotted; an intent ends in `.request` or `.start`, and the entry closing it names its `seq` in `data.intent`. */
  kind: string
  /** A person's pseudonym, or `cli:<name>`, or `gateway:<instance>`. */
  actor: string
  data: Record<string, unknown>
}
