import { CHANNELS, type Channel } from '../../audit/entry.ts'

export const CATEGORY = 'Helix'
/** Discord takes no name with its own in it. */
export const WEBHOOK_NAME = 'Helix'

/** What each channel is for, as its topic says. */
const TOPICS: Record<Channel, string> = {
  commands: 'Bash execution: every command, before it runs and after',
  api: 'Claude API calls: every call, before it is made and after',
  heartbeat: '60-second pings: that Helix is alive, and how it is',
  'file-changes': 'File modifications: every file, before it is written and after',
  consciousness: 'Internal state: what Helix learnt, and changes of trust and mode',
  alerts: 'Anomalies & security: what wants somebody to look',
  'hash-chain': 'Immutable logs: signed checkpoints of the audit chain',
}

/** A Discord channel as Helix wants it. */
export interface Room {
  channel: Channel
  name: string
  topic: string
  /** The variable that holds its webhook. */
  variable: string
}

export const ROOMS: readonly Room[] = CHANNELS.map((channel) => ({
  channel,
  name: `helix-${channel}`,
  topic: TOPICS[channel],
  variable: `DISCORD_WEBHOOK_${channel.toUpperCase().replaceAll('-', '_')}`,
}))
