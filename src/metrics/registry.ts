import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** From a millisecond to a minute, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Makes series of one registry, each named once with what it counts. */
export interface Series {
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  gauge<L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L>
  /** Of seconds. */
  histogram<L extends string>(name: string, help: string, labels?: readonly L[]): Histogram<L>
}

export function createSeries(registry: Registry): Series {
  const registers = [registry]
  return {
    counter: (name, help, labelNames = []) => new Counter({ name, help, labelNames, registers }),
    gauge: (name, help, labelNames = [], collect) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        ...(collect
          ? {
              collect() {
                return collect(this)
              },
            }
          : {}),
      }),
    histogram: (name, help, labelNames = []) =>
      new Histogram({ name, help, labelNames, buckets: SECONDS, registers }),
  }
}
