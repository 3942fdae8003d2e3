/**
 * A span of time in its two largest units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. Rounded up: of what may have been
 * lost, and of how long something was away, it never tells less.
 */
export function span(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return both(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.ceil(minutes / 60)
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function both(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`
}
