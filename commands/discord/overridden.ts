import type { Config } from '../../src/config/config.ts'
import { ROOMS } from '../../src/discord/setup/rooms.ts'

/** Says which of these entries of the env file the process environment hides. */
export function overridden({ sources }: Config, variables: readonly string[]): string[] {
  return variables
    .filter((variable) => sources[settingOf(variable)]?.layer === 'environment')
    .map(
      (variable) => `${variable} is set in the environment too, and counts before the file: remove it there.`,
    )
}

function settingOf(variable: string): string {
  const room = ROOMS.find((each) => each.variable === variable)
  return room ? `discord.webhooks.${room.channel}` : 'discord.webhook'
}
