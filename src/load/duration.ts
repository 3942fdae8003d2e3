const UNITS_MS = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const

/** A time as a script gives it, in ms: a number of seconds, or `300ms`, `30s`, `5m`, `1h`; undefined for anything else. */
export function durationMs(given: number | string): number | undefined {
  if (typeof given === 'number') return given >= 0 ? given * 1_000 : undefined
  const [, amount, unit = 's'] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h)?\s*$/.exec(given) ?? []
  return amount === undefined ? undefined : Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]
}
