/** Values at places, one list a series; null where there is none. */
export type Values = readonly (number | null)[]

/** Puts series on top of each other, the first at the bottom: each becomes the sum of itself and those before it. */
export function stack(series: readonly Values[]): number[][] {
  const heights: number[] = []
  return series.map((values) =>
    values.map((value, place) => {
      const height = (heights[place] ?? 0) + (value ?? 0)
      heights[place] = height
      return height
    }),
  )
}

/** What all values of a series come to. */
export function sum(values: Values): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0)
}

/** The last value there is. */
export function latest(values: Values): number | null {
  return values.findLast((value) => value !== null) ?? null
}

/** The places of values that have no value beside them. */
export function alone(values: Values): number[] {
  const there = (place: number) => typeof values[place] === 'number'
  return values.flatMap((_, place) => (there(place) && !there(place - 1) && !there(place + 1) ? [place] : []))
}
