/** The value below which `share` (0..1) of the values lie; the nearest of them. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The middle half of the values, as `1.2–1.9`. */
export function middleHalf(values: readonly number[], digits = 2): string {
  return `${percentile(values, 0.25).toFixed(digits)}–${percentile(values, 0.75).toFixed(digits)}`
}
