import type { Config } from '../../src/config/config.ts'
import { DISCORD_API } from '../../src/discord/address.ts'
import { createDiscordApi, type DiscordApi } from '../../src/discord/setup/api.ts'
import type { Context } from '../context.ts'

/** Discord as the configuration has it: the real one, unless something stands in for it. */
export function discordOf({ discord }: Config, { signal }: Context): DiscordApi {
  return createDiscordApi({
    api: discord.api ?? DISCORD_API,
    botToken: discord.botToken,
    fetch,
    signal,
  })
}
