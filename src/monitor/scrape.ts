/** One value of a series, as Prometheus reads it. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** Series by name. */
export type Scraped = ReadonlyMap<string, readonly Sample[]>

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads the text format of Prometheus; a line that is none is passed over. */
export function parseMetrics(text: string): Scraped {
  const series = new Map<string, Sample[]>()
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? []
    if (name === undefined) continue
    const sample = { labels: labelsOf(labels), value: Number(value === '+Inf' ? Infinity : value) }
    const known = series.get(name)
    if (known) known.push(sample)
    else series.set(name, [sample])
  }
  return series
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]))
}
