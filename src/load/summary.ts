import { lengthOf } from './arrivals.ts'
import type { LoadTest } from './load-test.ts'
import type { Recorder } from './recorder.ts'
import type { LoadResult } from './result.ts'

/** What was measured, as it is kept; of the generator and the thresholds nothing yet. */
export function summary(
  { name, target, phases, simulated, signal }: LoadTest,
  recorder: Recorder,
  { startedAt, durationMs, failed }: { startedAt: Date; durationMs: number; failed: number },
): LoadResult {
  const { counts, streams, goals, statuses, failures, seconds } = recorder
  const { offered, started, skipped, ended, sent, answered, refused } = counts
  const offeredMs = lengthOf(phases)
  return {
    schema: 1,
    name,
    target,
    startedAt: startedAt.toISOString(),
    durationMs,
    offeredMs,
    simulated,
    stopped: signal.aborted,
    users: { offered, started, skipped, ended, failed },
    requests: {
      ...{ sent, answered, failed: counts.failed, refused },
      statuses: Object.fromEntries(statuses),
      failures: Object.fromEntries(failures),
    },
    rate: { offered: offered / (offeredMs / 1_000 || 1), reached: answered / (durationMs / 1_000) },
    times: {
      response: recorder.distribution('response'),
      service: recorder.distribution('service'),
      firstToken: recorder.distribution('firstToken'),
      tokenGap: recorder.distribution('tokenGap'),
      lateness: recorder.distribution('lateness'),
    },
    streams,
    goodput: { ...goals, perSecond: goals.met / (durationMs / 1_000) },
    generator: { limited: false, reasons: [], loopLagP99Ms: 0, cpuShare: 0 },
    thresholds: [],
    seconds,
  }
}
