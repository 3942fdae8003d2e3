/** The least the bot needs to set up, by Discord's names. */
const SETUP_PERMISSIONS = {
  MANAGE_CHANNELS: 1n << 4n,
  VIEW_CHANNEL: 1n << 10n,
  MANAGE_WEBHOOKS: 1n << 29n,
} as const
export type SetupPermission = keyof typeof SETUP_PERMISSIONS

const ADMINISTRATOR = 1n << 3n
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
