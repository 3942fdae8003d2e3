import { z } from 'zod'
import { HelixError } from '../../errors.ts'
import { termsOf } from '../condition.ts'
import { durationMs } from '../duration.ts'
import { metricOf } from '../metric.ts'

/** A time in seconds, or with its unit, read as ms. */
const time = z.union([z.number(), z.string()]).transform((given, context) => {
  const ms = durationMs(given)
  if (ms === undefined) context.addIssue({ code: 'custom', message: `expected a time such as 60 or "5m"` })
  return ms ?? 0
})
const rate = z.number().min(0).max(1_000_000)
const count = z.int().min(1).max(100_000_000)
const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const phase = z
  .strictObject({
    name: z.string().optional(),
    duration: time.optional(),
    pause: time.optional(),
    arrivalRate: rate.optional(),
    rampTo: rate.optional(),
    arrivalCount: count.optional(),
    maxVusers: z.int().min(0).optional(),
    mode: z.enum(['uniform', 'poisson']).optional(),
  })
  .superRefine(({ pause, arrivalRate, rampTo, arrivalCount, duration }, context) => {
    const kinds = [pause, arrivalCount, arrivalRate ?? rampTo].filter((kind) => kind !== undefined)
    const wrong =
      kinds.length !== 1
        ? 'expected exactly one of pause, arrivalRate, arrivalCount'
        : pause === undefined && duration === undefined && 'expected a duration'
    if (wrong) context.addIssue({ code: 'custom', message: wrong })
  })
export type Phase = z.output<typeof phase>

/** What is wrong is told with its line before anything is sent, not after the test. */
function readable<T>(read: (given: T) => unknown) {
  return (given: T, context: z.RefinementCtx) => {
    try {
      read(given)
    } catch (thrown) {
      const hint = thrown instanceof HelixError ? `. ${thrown.hint}` : ''
      context.addIssue({ code: 'custom', message: `${(thrown as Error).message}${hint}` })
    }
  }
}

const capture = z
  .strictObject({
    json: z.string().optional(),
    header: z.string().optional(),
    regexp: z
      .string()
      .superRefine(readable((text) => new RegExp(text)))
      .optional(),
    as: z.string(),
  })
  .superRefine(({ json, header, regexp, as }, context) => {
    if ((json ?? header ?? regexp) === undefined)
      context.addIssue({ code: 'custom', message: `${as} takes nothing: expected json, header or regexp` })
  })
const oneOrMore = <T extends z.ZodType>(kind: T) =>
  z.union([kind, z.array(kind)]).transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]))

const expectation = z.strictObject({
  statusCode: z.union([z.int(), z.array(z.int())]).optional(),
  contentType: z.string().optional(),
  hasHeader: z.string().optional(),
  hasProperty: z.string().optional(),
})
export type Expectation = z.output<typeof expectation>

const request = {
  url: z.string().min(1),
  name: z.string().optional(),
  headers: texts.optional(),
  cookie: texts.optional(),
  qs: texts.optional(),
  json: z.unknown().optional(),
  body: z.string().optional(),
  form: texts.optional(),
  capture: oneOrMore(capture).optional(),
  match: oneOrMore(z.strictObject({ json: z.string(), value: z.unknown() })).optional(),
  expect: oneOrMore(expectation).optional(),
  ifTrue: z.string().optional(),
}
const http = z.strictObject(request)
export type RequestStep = z.output<typeof http>
const sse = z.strictObject({
  ...request,
  method: z.enum(['GET', 'POST', 'get', 'post']).default('GET'),
  until: z.string().default('event: done'),
  timeout: time.optional(),
  maxIdle: time.optional(),
})
export type StreamStep = z.output<typeof sse>

/** One thing a virtual user does. */
export type Step =
  | { get: RequestStep }
  | { post: RequestStep }
  | { put: RequestStep }
  | { patch: RequestStep }
  | { delete: RequestStep }
  | { sse: StreamStep }
  | { think: number }
  | { log: string }
  | { parallel: Step[] }
  | LoopStep
export interface LoopStep {
  loop: Step[]
  count?: number | undefined
  over?: string | unknown[] | undefined
  loopValue?: string | undefined
  whileTrue?: string | undefined
}

const KINDS = ['get', 'post', 'put', 'patch', 'delete', 'sse', 'think', 'log', 'loop', 'parallel'] as const
const shapes: Record<(typeof KINDS)[number], z.ZodType> = {
  ...{ get: z.strictObject({ get: http }), post: z.strictObject({ post: http }) },
  ...{ put: z.strictObject({ put: http }), patch: z.strictObject({ patch: http }) },
  ...{ delete: z.strictObject({ delete: http }), sse: z.strictObject({ sse }) },
  ...{ think: z.strictObject({ think: time }), log: z.strictObject({ log: z.string() }) },
  parallel: z.strictObject({ parallel: z.lazy(() => flow) }),
  loop: z.strictObject({
    loop: z.lazy(() => flow),
    count: count.optional(),
    over: z.union([z.string(), z.array(z.unknown())]).optional(),
    loopValue: z.string().optional(),
    whileTrue: z.string().optional(),
  }),
}

/** The shape is that of the first kind the step names, so that what is wrong is told of that one alone. */
const step = z.record(z.string(), z.unknown()).transform((given, context): Step => {
  const kind = KINDS.find((name) => name in given)
  if (kind === undefined) {
    const found = Object.keys(given).join(', ') || 'nothing'
    context.addIssue({ code: 'custom', message: `expected one of ${KINDS.join(', ')}; found ${found}` })
    return z.NEVER
  }
  const read = shapes[kind].safeParse(given)
  if (read.success) return read.data as Step
  for (const issue of read.error.issues) context.addIssue({ ...issue, input: given } as never)
  return z.NEVER
})
/** Lists in lists are one list, as YAML anchors make them. */
const flow: z.ZodType<Step[]> = z
  .preprocess((given) => (Array.isArray(given) ? given.flat(Number.POSITIVE_INFINITY) : given), z.array(step))
  .pipe(z.array(z.custom<Step>()))

const scenario = z
  .strictObject({
    name: z.string().optional(),
    weight: z.number().positive().default(1),
    engine: z.literal('http').default('http'),
    flow: flow.optional(),
    steps: flow.optional(),
  })
  .superRefine(({ flow, steps }, context) => {
    if ((flow === undefined) === (steps === undefined))
      context.addIssue({ code: 'custom', message: 'expected a flow (or steps, which is the same)' })
  })
  .transform(({ flow, steps, ...rest }) => ({ ...rest, flow: flow ?? steps ?? [] }))
export type Scenario = z.output<typeof scenario>

const payload = z.strictObject({
  path: z.string(),
  fields: z.array(z.string()).min(1),
  order: z.enum(['random', 'sequence']).default('random'),
  skipHeader: z.boolean().default(false),
  delimiter: z.string().length(1).default(','),
})
const ensure = z.strictObject({
  thresholds: z
    .array(z.record(z.string(), z.number()).superRefine(readable((each) => Object.keys(each).map(metricOf))))
    .default([]),
  conditions: z
    .array(
      z.strictObject({
        expression: z.string().superRefine(readable(termsOf)),
        strict: z.boolean().default(true),
      }),
    )
    .default([]),
  ...{ min: z.number().optional(), max: z.number().optional(), median: z.number().optional() },
  ...{ p50: z.number().optional(), p95: z.number().optional(), p99: z.number().optional() },
  maxErrorRate: z.number().min(0).max(100).optional(),
})
export type Ensure = z.output<typeof ensure>

const settings = {
  target: z.string().optional(),
  phases: z.array(phase).min(1).optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  payload: oneOrMore(payload).optional(),
  http: z.strictObject({ timeout: time.optional(), pool: z.int().min(1).optional() }).optional(),
  tls: z.strictObject({ rejectUnauthorized: z.boolean().optional() }).optional(),
  defaults: z.strictObject({ headers: texts.optional() }).optional(),
  ensure: ensure.optional(),
  goals: z
    .strictObject({
      responseTime: time.optional(),
      firstToken: time.optional(),
      tokenGap: time.optional(),
    })
    .optional(),
  plugins: z.strictObject({ ensure: z.unknown().optional(), expect: z.unknown().optional() }).optional(),
}
export type Settings = z.output<z.ZodObject<typeof settings>>

/** A load test as a file describes it: the part of Artillery's format that needs no code, and `sse`. */
export const LoadScript = z.strictObject({
  config: z.strictObject({
    ...settings,
    environments: z.record(z.string(), z.strictObject(settings)).optional(),
  }),
  scenarios: z.array(scenario).min(1),
  before: z.strictObject({ flow }).optional(),
  after: z.strictObject({ flow }).optional(),
})
export type LoadScript = z.output<typeof LoadScript>
