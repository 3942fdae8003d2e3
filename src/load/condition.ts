import { HelixError } from '../errors.ts'
import { type Metric, metricOf } from './metric.ts'

/** One comparison of a condition. */
interface Term {
  metric: Metric
  holds(got: number): boolean
}

const TERM = /^\s*([\w.]+)\s*(<=|>=|<|>|==)\s*(-?\d+(?:\.\d+)?)\s*$/

/**
 * Terms such as `response_time.p95 < 250`, joined by `and` or by `or`: all terms of one of the lists must hold.
 * @throws HelixError `usage` for what is no such term, or names nothing that is measured
 */
export function termsOf(expression: string): Term[][] {
  return expression.split(/\s+or\s+/i).map((all) => all.split(/\s+and\s+/i).map(termOf))
}

function termOf(text: string): Term {
  const [, name = '', operator, right] = TERM.exec(text) ?? []
  if (operator === undefined)
    throw new HelixError('usage', `${text.trim() || 'Nothing'} is no condition`, {
      hint: 'One is written as response_time.p95 < 250, and joined with others by and, or.',
    })
  const limit = Number(right)
  const compare: Record<string, (got: number) => boolean> = {
    '<': (got) => got < limit,
    '<=': (got) => got <= limit,
    '>': (got) => got > limit,
    '>=': (got) => got >= limit,
    '==': (got) => got === limit,
  }
  return { metric: metricOf(name), holds: compare[operator] as Term['holds'] }
}
