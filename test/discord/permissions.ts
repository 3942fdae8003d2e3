/** The bits Helix has to do with. */
export const PERMISSIONS = {
  administrator: 1n << 3n,
  manageChannels: 1n << 4n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  readMessageHistory: 1n << 16n,
  mentionEveryone: 1n << 17n,
  manageWebhooks: 1n << 29n,
} as const

export interface Overwrite {
  id: string
  /** 0 a role, 1 a member. */
  type: 0 | 1
  allow: string
  deny: string
}

/**
 * What a bot may do in a channel, in Discord's order: what its roles give, less what the channel denies everyone
 * (also where a role of the bot gives it), and then what the channel says of its role and of itself.
 */
export function permissionsIn(
  base: bigint,
  overwrites: readonly Overwrite[],
  { guildId, roleId, userId }: { guildId: string; roleId: string; userId: string },
): bigint {
  if (base & PERMISSIONS.administrator) return ~0n
  let permissions = base
  for (const id of [guildId, roleId, userId]) {
    const overwrite = overwrites.find((each) => each.id === id)
    if (overwrite) permissions = (permissions & ~BigInt(overwrite.deny)) | BigInt(overwrite.allow)
  }
  // Who cannot see a channel can do nothing in it.
  return permissions & PERMISSIONS.viewChannel ? permissions : 0n
}
