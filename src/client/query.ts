/** A query of what is given; what is undefined is left out, and of nothing at all there is none. */
export function asQuery(given: object): string {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString()
  return search === '' ? '' : `?${search}`
}
