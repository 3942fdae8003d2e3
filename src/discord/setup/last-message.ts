import type { DiscordApi } from './api.ts'
import { channel, messages } from './shapes.ts'
import { snowflakeTime } from './snowflake.ts'

export interface LastMessage {
  id: string
  at: string
}

/** The last message of a channel, as far as the bot may see it; the history needs a permission of its own. */
export async function lastMessage(api: DiscordApi, channelId: string): Promise<LastMessage | undefined> {
  const seen = await api.ask({ path: `/channels/${channelId}/messages?limit=1` }, messages)
  const newest = seen.ok ? seen.value[0]?.id : undefined
  const id = newest ?? (await lastIdOf(api, channelId))
  return id === undefined ? undefined : { id, at: snowflakeTime(id) }
}

async function lastIdOf(api: DiscordApi, channelId: string): Promise<string | undefined> {
  const answer = await api.ask({ path: `/channels/${channelId}` }, channel)
  return answer.ok ? (answer.value.last_message_id ?? undefined) : undefined
}
