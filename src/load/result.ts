import { z } from 'zod'

const ms = z.number().min(0)
const Distribution = z.object({
  count: z.int(),
  ...{ min: ms, mean: ms, p50: ms, p75: ms, p90: ms, p95: ms, p99: ms, p999: ms, p9999: ms, max: ms },
  /** Percentile and value, for a plot. */
  curve: z.array(z.tuple([z.number(), ms])),
})
/** How times are spread, in ms. */
export type Distribution = z.infer<typeof Distribution>

const count = z.int().min(0)
const Second = z.object({
  ...{ offered: count, started: count, skipped: count, ended: count },
  ...{ sent: count, answered: count, failed: count, refused: count },
  /** Virtual users under way. */
  open: count,
  ...{ p50: ms.nullable(), p95: ms.nullable(), p99: ms.nullable(), firstTokenP95: ms.nullable() },
})
/** One second of a test. */
export type Second = z.infer<typeof Second>

const Threshold = z.object({
  what: z.string(),
  got: z.number().nullable(),
  ok: z.boolean(),
  /** Whether missing it makes the test fail. */
  strict: z.boolean(),
})
export type Threshold = z.infer<typeof Threshold>

/** What a load test found, as it is kept in a file. */
export const LoadResult = z.object({
  schema: z.literal(1),
  name: z.string(),
  target: z.string(),
  startedAt: z.iso.datetime(),
  /** From the first to when the last had ended, in ms. */
  durationMs: ms,
  /** How long arriving took, in ms. */
  offeredMs: ms,
  simulated: z.boolean().nullable(),
  stopped: z.boolean(),
  users: z.object({ offered: count, started: count, skipped: count, ended: count, failed: count }),
  requests: z.object({
    ...{ sent: count, answered: count, failed: count, refused: count },
    statuses: z.record(z.string(), count),
    failures: z.record(z.string(), count),
  }),
  /** A second; `reached` from the first request to the last answer. */
  rate: z.object({ offered: z.number(), reached: z.number() }),
  times: z.object({
    response: Distribution.nullable(),
    service: Distribution.nullable(),
    firstToken: Distribution.nullable(),
    tokenGap: Distribution.nullable(),
    lateness: Distribution.nullable(),
  }),
  streams: z.object({ started: count, complete: count, failed: count, cut: count, stalls: count }),
  goodput: z.object({ judged: count, met: count, perSecond: z.number() }),
  generator: z.object({
    limited: z.boolean(),
    reasons: z.array(z.string()),
    loopLagP99Ms: ms,
    cpuShare: z.number(),
  }),
  thresholds: z.array(Threshold),
  seconds: z.array(Second),
})
export type LoadResult = z.infer<typeof LoadResult>
