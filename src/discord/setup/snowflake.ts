const DISCORD_EPOCH = 1_420_070_400_000

/** When Discord made the thing with this id, by Discord's own clock, RFC 3339. */
export function snowflakeTime(id: string): string {
  return new Date(Number(BigInt(id) >> 22n) + DISCORD_EPOCH).toISOString()
}
