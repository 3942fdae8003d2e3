const DISCORD_EPOCH = 1_420_070_400_000

/** Makes ids as Discord does: milliseconds since 2015 in the upper bits, and never the same twice. */
export function createSnowflakes(now: () => number): () => string {
  let last = 0
  let increment = 0
  return () => {
    const ms = Math.max(last, now())
    increment = ms === last ? increment + 1 : 0
    last = ms
    return ((BigInt(ms - DISCORD_EPOCH) << 22n) | BigInt(increment)).toString()
  }
}

/** When the thing with this id was made, in ms. */
export function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> 22n) + DISCORD_EPOCH
}
