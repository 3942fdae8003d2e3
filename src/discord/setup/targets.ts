import type { Config } from '../../config/config.ts'
import { DISCORD_API, parseWebhook, type WebhookAddress } from '../address.ts'
import { ROOMS, type Room } from './rooms.ts'

/** Where the messages of a room go, as the configuration has it. */
export interface Target extends Room {
  /** Its own webhook, the one that serves all without, or none. */
  from: 'own' | 'shared' | 'none'
  /** Undefined also where the value is no webhook's address. */
  address: WebhookAddress | undefined
  /** The variable that is in force. */
  setBy: string
}

const SHARED_VARIABLE = 'DISCORD_WEBHOOK_URL'

export function targetsOf({ discord }: Pick<Config, 'discord'>): Target[] {
  return ROOMS.map((room) => {
    const own = discord.webhooks[room.channel]
    const value = own ?? discord.webhook
    return {
      ...room,
      from: own ? 'own' : value ? 'shared' : 'none',
      address: value && parseWebhook(value.reveal(), discord.api ?? DISCORD_API),
      setBy: own || !value ? room.variable : SHARED_VARIABLE,
    }
  })
}
