import { z } from 'zod'
import type { DiscordApi } from '../setup/api.ts'
import { discordFailed } from '../setup/failures.ts'
import { snowflake } from '../setup/shapes.ts'
import { contentHidden, unreadable } from './refusals.ts'

/** What Discord gives at most for one question. */
const PAGE = 100

const attachment = z.object({
  id: snowflake,
  filename: z.string(),
  size: z.int().min(0),
  url: z.string(),
})
export type SeenFile = z.output<typeof attachment>

const message = z.object({
  id: snowflake,
  channel_id: snowflake,
  webhook_id: snowflake.nullish(),
  content: z.string().default(''),
  embeds: z.array(z.unknown()).default([]),
  attachments: z.array(attachment).default([]),
  components: z.array(z.unknown()).default([]),
  poll: z.unknown().optional(),
  edited_timestamp: z.string().nullish(),
})
export type SeenMessage = z.output<typeof message>

/** A channel to be read, by its id and by what people call it. */
export interface ReadRoom {
  id: string
  name: string
}

/**
 * Every message of a channel, oldest first, a page of 100 a question.
 * @throws HelixError `precondition_failed` when the bot may not read it, or sees messages without what is in them
 */
export async function* readMessages(api: DiscordApi, room: ReadRoom): AsyncGenerator<SeenMessage> {
  for (let after = '0'; ; ) {
    const path = `/channels/${room.id}/messages?limit=${PAGE}&after=${after}`
    const answer = await api.ask({ path }, z.array(message))
    if (!answer.ok) throw unreadable(room.name, answer)
    // The newest of the page comes first.
    const page = answer.value.sort(byAge)
    for (const each of page) {
      if (isHidden(each)) throw contentHidden(room.name)
      yield each
    }
    if (page.length < PAGE) return
    after = page.at(-1)?.id ?? after
  }
}

/** One message as it is now, which renews the addresses of its files; undefined where it is gone. */
export async function readMessage(
  api: DiscordApi,
  channelId: string,
  id: string,
): Promise<SeenMessage | undefined> {
  const answer = await api.ask({ path: `/channels/${channelId}/messages/${id}` }, message)
  if (answer.ok) return answer.value
  if (answer.status === 404) return undefined
  throw discordFailed(`Discord did not show the message ${id}`, answer)
}

/** Nobody can post nothing: a webhook's message with nothing in it is one whose content is kept from the bot. */
function isHidden({ webhook_id, content, embeds, attachments, components, poll }: SeenMessage): boolean {
  const parts = embeds.length + attachments.length + components.length
  return typeof webhook_id === 'string' && content === '' && parts === 0 && !poll
}

function byAge(one: { id: string }, other: { id: string }): number {
  return one.id.length - other.id.length || (one.id < other.id ? -1 : 1)
}
