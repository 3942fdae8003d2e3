const BARS = [...'▁▂▃▄▅▆▇█']

/** The newest points of a course as bars of one line, `width` wide; a gap where nothing happened. Scaled from zero. */
export function sparkline(course: readonly (number | null)[], width: number): string {
  const shown = course.slice(-width)
  const most = Math.max(0, ...shown.map((value) => value ?? 0))
  const bar = (value: number | null) => {
    if (value === null) return ' '
    if (most === 0) return BARS[0]
    return BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))]
  }
  return shown.map(bar).join('').padStart(width)
}
