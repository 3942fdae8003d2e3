import type { WebhookAddress } from '../address.ts'
import type { Call, DiscordApi, Refusal } from './api.ts'
import { message, webhook } from './shapes.ts'

/** What is wrong with a webhook, and what to do about it. */
export interface Fault {
  problem: string
  fix: string
}

/** A webhook as Discord knows it. */
export interface SeenWebhook {
  name: string | null
  channelId: string | null
  guildId: string | null
}

export const NOT_AN_ADDRESS: Fault = {
  problem: 'it is not the address of a Discord webhook',
  fix: 'Copy it again: the channel’s settings → Integrations → Webhooks → Copy Webhook URL.',
}

/** Asks Discord about a webhook; nothing is posted. */
export async function seeWebhook(api: DiscordApi, address: WebhookAddress): Promise<SeenWebhook | Fault> {
  const answer = await api.ask(callOf(address), webhook)
  if (!answer.ok) return faultOf(answer)
  const { name = null, channel_id = null, guild_id = null } = answer.value
  return { name, channelId: channel_id, guildId: guild_id }
}

/** What a message says: words, or boxes of them. */
type Content = { content: string } | { embeds: readonly Record<string, unknown>[] }

/** Posts through a webhook, so that it calls nobody; resolves to what Discord stored. */
export async function postMessage(
  api: DiscordApi,
  address: WebhookAddress,
  content: Content,
): Promise<{ messageId: string; channelId: string } | Fault> {
  const { path, ...call } = callOf(address)
  const query = new URLSearchParams({ wait: 'true', ...(address.thread && { thread_id: address.thread }) })
  const body = { ...content, allowed_mentions: { parse: [] } }
  const answer = await api.ask({ ...call, method: 'POST', path: `${path}?${query}`, body }, message)
  if (!answer.ok) return faultOf(answer)
  return { messageId: answer.value.id, channelId: answer.value.channel_id }
}

function callOf({ api, id, token }: WebhookAddress): Call & { path: string } {
  return { at: api, path: `/webhooks/${id}/${token}`, anonymous: true }
}

function faultOf({ status, code, message }: Refusal): Fault {
  const said = `${message}${code ? ` (${code})` : ''}`
  if (status === 404)
    return { problem: `the webhook is gone: ${said}`, fix: 'Make another: helix discord setup.' }
  if (status === 401 || status === 403)
    return { problem: `Discord refuses its token: ${said}`, fix: NOT_AN_ADDRESS.fix }
  if (status === 429) return { problem: said, fix: 'Wait a minute, then run it again.' }
  if (status === 0 || status >= 500)
    return {
      problem: said,
      fix: 'See whether this machine reaches discord.com, and https://discordstatus.com; then run it again.',
    }
  return { problem: `Discord refused: ${said}`, fix: 'Choose a text channel, or make the webhook anew.' }
}
