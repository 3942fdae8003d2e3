/** The least the bot needs to set up, by Discord's names. */
const SETUP_PERMISSIONS = {
  MANAGE_CHANNELS: 1n << 4n,
  VIEW_CHANNEL: 1n << 10n,
  MANAGE_WEBHOOKS: 1n << 29n,
} as const
export type SetupPermission = keyof typeof SETUP_PERMISSIONS

const ADMINISTRATOR = 1n << 3n

/** The least a bot needs to read what was posted. */
const READ_PERMISSIONS = {
  VIEW_CHANNEL: 1n << 10n,
  READ_MESSAGE_HISTORY: 1n << 16n,
} as const
const NEEDED = Object.values(SETUP_PERMISSIONS).reduce((all, each) => all | each, 0n)

/** Which of the needed permissions are not among these, as Discord writes them (a decimal number). */
export function missingPermissions(permissions: string): SetupPermission[] {
  const has = BigInt(permissions)
  if (has & ADMINISTRATOR) return []
  const names = Object.keys(SETUP_PERMISSIONS) as SetupPermission[]
  return names.filter((name) => !(has & SETUP_PERMISSIONS[name]))
}

/** Where somebody who may manage the server lets the bot in, with the least it needs. */
export function inviteLink(applicationId: string, guildId?: string): string {
  const link = new URL('https://discord.com/oauth2/authorize')
  link.searchParams.set('client_id', applicationId)
  link.searchParams.set('scope', 'bot')
  link.searchParams.set('permissions', String(NEEDED))
  if (guildId !== undefined) link.searchParams.set('guild_id', guildId)
  return link.href
}

/** What the bot's roles give it in a server, and who it is there. */
export interface Membership {
  guildId: string
  botId: string
  roles: readonly string[]
  permissions: string
}

/** What the bot lacks to read a channel, once the channel's own settings are counted. */
export function missingToRead(
  { guildId, botId, roles, permissions }: Membership,
  overwrites: readonly { id: string; allow: string; deny: string }[],
): string[] {
  let has = BigInt(permissions)
  if (has & ADMINISTRATOR) return []
  const count = (ids: readonly string[]) => {
    const counting = overwrites.filter(({ id }) => ids.includes(id))
    for (const { deny } of counting) has &= ~BigInt(deny)
    for (const { allow } of counting) has |= BigInt(allow)
  }
  // Discord's order: what counts for everyone, for the roles together, for the bot.
  for (const ids of [[guildId], roles, [botId]]) count(ids)
  return Object.entries(READ_PERMISSIONS).flatMap(([name, bit]) => (has & bit ? [] : [name]))
}

/** Nobody sees the channels but the bot, and whom the server's owner lets in. */
export function privateOverwrites(guildId: string, botId: string) {
  const { VIEW_CHANNEL } = SETUP_PERMISSIONS
  return [
    { id: guildId, type: 0, allow: '0', deny: String(VIEW_CHANNEL) },
    { id: botId, type: 1, allow: String(NEEDED), deny: '0' },
  ]
}

/** Whether a channel's own overwrites keep @everyone out. */
export function isPrivate(guildId: string, overwrites: readonly { id: string; deny: string }[]): boolean {
  const everyone = overwrites.find(({ id }) => id === guildId)
  return everyone !== undefined && (BigInt(everyone.deny) & SETUP_PERMISSIONS.VIEW_CHANNEL) !== 0n
}
