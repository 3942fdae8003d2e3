import type { LoadResult } from './result.ts'

/** Beyond these the test measured itself. */
const LATE_MS = 50
const LAG_MS = 50
const CPU_SHARE = 0.95

interface Used {
  loopLagP99Ms: number
  /** Of one processor: more than one is all a process like this can use. */
  cpuShare: number
}

/** Whether what limited the test was this machine rather than the target, and how one sees it. */
export function judgeGenerator(
  { times }: LoadResult,
  { loopLagP99Ms, cpuShare }: Used,
): LoadResult['generator'] {
  const late = times.lateness?.p99 ?? 0
  const reasons = [
    late > LATE_MS && `one in a hundred began ${late.toFixed(0)} ms late or more`,
    loopLagP99Ms > LAG_MS && `this process was held up for ${loopLagP99Ms.toFixed(0)} ms at a time`,
    cpuShare > CPU_SHARE && `this process used ${(cpuShare * 100).toFixed(0)} % of a processor`,
  ].filter((reason) => reason !== false)
  return { limited: reasons.length > 0, reasons, loopLagP99Ms, cpuShare }
}
