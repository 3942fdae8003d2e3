const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Writes a length of time in at most two units, the second left out where it is nothing. */
export function durationIn(locale: string): (ms: number) => string {
  const unit = (name: string, maximumFractionDigits = 0) => {
    const format = new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits,
    })
    return (value: number) => format.format(value)
  }
  const [milliseconds, seconds, wholeSeconds] = [unit('millisecond'), unit('second', 1), unit('second')]
  const [minutes, hours, days] = [unit('minute'), unit('hour'), unit('day')]
  const two = (
    ms: number,
    large: number,
    writeLarge: typeof days,
    small: number,
    writeSmall: typeof days,
  ) => {
    const rest = Math.floor((ms % large) / small)
    const first = writeLarge(Math.floor(ms / large))
    return rest === 0 ? first : `${first} ${writeSmall(rest)}`
  }
  return (ms) => {
    if (Math.round(ms) < SECOND) return milliseconds(Math.round(ms))
    if (ms < MINUTE - 50) return seconds(ms / SECOND)
    if (ms < HOUR) return two(Math.max(ms, MINUTE), MINUTE, minutes, SECOND, wholeSeconds)
    if (ms < DAY) return two(ms, HOUR, hours, MINUTE, minutes)
    return two(ms, DAY, days, HOUR, hours)
  }
}
