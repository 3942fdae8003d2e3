import { termsOf } from './condition.ts'
import { metricOf } from './metric.ts'
import type { LoadResult, Threshold } from './result.ts'
import type { Ensure } from './script/schema.ts'

/** What was promised of a test, and whether it was kept. What was not measured keeps no promise. */
export function judgeThresholds(result: LoadResult, ensure: Ensure | undefined): Threshold[] {
  const { thresholds = [], conditions = [], maxErrorRate }: Partial<Ensure> = ensure ?? {}
  const judged = thresholds.flatMap((each) =>
    Object.entries(each).map(([metric, most]) => atMost(result, metric, most)),
  )
  for (const name of ['min', 'max', 'median', 'p50', 'p95', 'p99'] as const) {
    const most = ensure?.[name]
    if (most !== undefined) judged.push(atMost(result, `response_time.${name}`, most))
  }
  if (maxErrorRate !== undefined) judged.push(atMost(result, 'error_rate', maxErrorRate))
  for (const { expression, strict } of conditions) judged.push(judgeCondition(result, expression, strict))
  return judged
}

function atMost(result: LoadResult, metric: string, most: number): Threshold {
  const got = metricOf(metric)(result)
  return { what: `${metric} <= ${most}`, got, ok: got !== null && got <= most, strict: true }
}

function judgeCondition(result: LoadResult, expression: string, strict: boolean): Threshold {
  const either = termsOf(expression).map((all) =>
    all.map(({ metric, holds }) => {
      const got = metric(result)
      return { got, ok: got !== null && holds(got) }
    }),
  )
  const [only, ...more] = either.flat()
  return {
    what: expression,
    got: more.length === 0 ? (only?.got ?? null) : null,
    ok: either.some((all) => all.every(({ ok }) => ok)),
    strict,
  }
}

/** Those whose missing makes the test fail. */
export function missed(thresholds: readonly Threshold[]): Threshold[] {
  return thresholds.filter(({ ok, strict }) => strict && !ok)
}
