import { HelixError } from '../../src/errors.ts'
import type { LoadResult } from '../../src/load/result.ts'
import { missed } from '../../src/load/thresholds.ts'

/** What makes a load test fail: a threshold that was missed, or that nothing was sent or answered at all. */
export function verdictOf(result: LoadResult): HelixError | undefined {
  const { thresholds, requests, stopped, generator } = result
  if (stopped)
    return new HelixError('stopped', 'The load test was stopped early', {
      hint: 'What it had until then is told.',
    })
  const lacking = missed(thresholds).map(({ what }) => what)
  if (lacking.length > 0)
    return new HelixError('thresholds_missed', `Not kept: ${lacking.join(', ')}`, {
      hint: generator.limited
        ? 'The generator was the limit: repeat it from a machine that is less busy before you believe this.'
        : 'The report shows when it began: add --html report.html.',
      details: { missed: lacking },
    })
  if (requests.answered > 0) return undefined
  if (requests.sent === 0)
    return new HelixError('thresholds_missed', 'No request was sent: nothing was measured', {
      hint: 'Look at the phases for who arrives, and at the scenarios for what they ask.',
    })
  return new HelixError('thresholds_missed', `None of ${requests.sent} requests was answered well`, {
    hint: requests.refused === requests.sent ? 'Limits refused all of them.' : 'See the failures above.',
  })
}
