const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy
/** As far as Go's durations reach, which is what clients were written against. */
const LONGEST_MS = 2 ** 63 / 1e6

/** Milliseconds of a duration as Go writes one (`24h`, `1h30m`, `-1.5s`, `0`), or undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  let total = 0
  let end = 0
  for (const [part, amount, unit = ''] of rest.slice(0, 100).matchAll(PART)) {
    total += Number(amount) * (UNITS[unit] ?? Number.NaN)
    end += part.length
  }
  if (end === 0 || end !== rest.length || !(total < LONGEST_MS)) return undefined
  return sign === '-' ? -total : total
}
