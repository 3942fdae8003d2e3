import { z } from 'zod'

/** What Discord answers, as far as it is read here. */
export const snowflake = z.string().regex(/^\d{1,22}$/)
const bits = z.string().regex(/^\d{1,30}$/)

export const identified = z.object({ id: snowflake })

export const guilds = z.array(z.object({ id: snowflake, name: z.string(), permissions: bits }))

export const channel = z.object({
  id: snowflake,
  type: z.int(),
  name: z.string().nullish(),
  parent_id: snowflake.nullish(),
  last_message_id: snowflake.nullish(),
  permission_overwrites: z
    .array(z.object({ id: snowflake, type: z.int().default(0), allow: bits.default('0'), deny: bits }))
    .default([]),
})
export const channels = z.array(channel)
export type DiscordChannel = z.output<typeof channel>

export const webhook = z.object({
  id: snowflake,
  type: z.int().optional(),
  name: z.string().nullish(),
  channel_id: snowflake.nullish(),
  guild_id: snowflake.nullish(),
  application_id: snowflake.nullish(),
  token: z
    .string()
    .regex(/^[\w-]{1,200}$/)
    .optional(),
})
export const webhooks = z.array(webhook)
export type DiscordWebhook = z.output<typeof webhook>

export const message = z.object({
  id: snowflake,
  channel_id: snowflake,
  webhook_id: snowflake.nullish(),
})
export const messages = z.array(message)
