const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Writes a size in the largest unit that leaves a whole number before the point. */
export function bytesIn(locale: string): (bytes: number) => string {
  const formats = UNITS.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: 'short',
        maximumFractionDigits: unit === 'byte' ? 0 : 1,
      }),
  )
  return (bytes) => {
    let step = 0
    let value = bytes
    // A value that would be rounded to 1000 is written as 1 of the next unit.
    while (Math.round(value * 10) / 10 >= 1000 && step < UNITS.length - 1) {
      value /= 1000
      step += 1
    }
    return formats[step]?.format(value) ?? String(bytes)
  }
}
