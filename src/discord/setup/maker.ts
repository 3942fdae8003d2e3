import type { z } from 'zod'
import type { Audit } from '../../audit/audit.ts'
import type { DiscordApi } from './api.ts'
import { granted, type Purpose } from './failures.ts'
import type { Look } from './look.ts'
import { privateOverwrites } from './permissions.ts'
import { WEBHOOK_NAME } from './rooms.ts'
import { identified, webhook } from './shapes.ts'

export interface MakerDeps {
  api: DiscordApi
  audit: Audit
  actor: string
}

/** A thing to make: what Discord is sent, and what the log says of it before. */
interface Wanted {
  kind: 'discord.channel.create.start' | 'discord.webhook.create.start'
  path: string
  body: Record<string, unknown>
  data: Record<string, unknown>
}

/** Makes channels and webhooks on the server of a look; each is on the log before Discord is asked. */
export function createMaker({ guild, botId, invite }: Look, { api, audit, actor }: MakerDeps) {
  const permission_overwrites = privateOverwrites(guild.id, botId)

  async function make<T extends { id: string }>(
    { kind, data, path, body }: Wanted,
    schema: z.ZodType<T>,
    purpose: Omit<Purpose, 'invite'>,
  ): Promise<T> {
    return audit.act(
      { channel: 'commands', kind, actor, data: { guild: guild.id, ...data } },
      async () => granted(await api.ask({ method: 'POST', path, body }, schema), { ...purpose, invite }),
      ({ id }) => ({ id }),
    )
  }

  return {
    /** Resolves to its id. */
    async channel(wanted: { name: string; type: number; topic?: string; parent_id?: string }) {
      const { name } = wanted
      const body = { ...wanted, permission_overwrites }
      const kind = 'discord.channel.create.start'
      const path = `/guilds/${guild.id}/channels`
      const purpose = { to: `make ${name}`, needs: 'MANAGE_CHANNELS' } as const
      return (await make({ kind, path, body, data: { name } }, identified, purpose)).id
    },
    async webhook(channelId: string, room: string) {
      const kind = 'discord.webhook.create.start'
      const path = `/channels/${channelId}/webhooks`
      const purpose = { to: `make a webhook in #${room}`, needs: 'MANAGE_WEBHOOKS' } as const
      const wanted = { kind, path, body: { name: WEBHOOK_NAME }, data: { room, channelId } } as const
      const { id, token } = await make(wanted, webhook.required({ token: true }), purpose)
      return { id, token }
    },
  }
}
