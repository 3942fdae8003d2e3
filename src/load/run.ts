import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { arrivalsOf, sizeOf } from './arrivals.ts'
import { createCalls, EndOfUser } from './calls.ts'
import { judgeGenerator } from './generator.ts'
import { createSender } from './http/send.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { LoadResult, Second } from './result.ts'
import type { DrawRow } from './script/payload.ts'
import type { LoadScript, Phase, Scenario } from './script/schema.ts'
import type { Variables } from './script/template.ts'
import { prepare, type VirtualUser } from './steps.ts'
import { judgeThresholds } from './thresholds.ts'

/** How long what is under way may take to end once nobody arrives any more, in ms. */
const PATIENCE_MS = 120_000
const TIMEOUT_MS = 60_000
const SECOND_MS = 1_000

/** A load test, ready to begin. */
export interface LoadTest {
  name: string
  script: LoadScript
  phases: readonly Phase[]
  target: string
  tokens: readonly string[]
  /** Whether each request has the token of the next, rather than each virtual user one of their own. */
  takeTurns?: boolean
  /** Whether the target makes its replies up, if that is known. */
  simulated: boolean | null
  /** Variables of every virtual user, beside those of the script. */
  environment: Record<string, string | undefined>
  row?: DrawRow
  /** Ends the test early; what was measured until then is told all the same. */
  signal: AbortSignal
  onSecond?: (second: Second, elapsedMs: number) => void
  log: (text: string) => void
}

/**
 * Runs a load test to its end. Virtual users begin when the schedule says, however slow the target is, and every time
 * is counted from when it was meant to begin: a slow answer can hide neither those who waited nor itself.
 */
export async function runLoad(test: LoadTest): Promise<LoadResult> {
  const { script, signal } = test
  const recorder = createRecorder()
  const { http = {}, tls = {}, defaults = {}, goals } = script.config
  const sender = createSender({
    pool: http.pool,
    timeoutMs: http.timeout ?? TIMEOUT_MS,
    trust: tls.rejectUnauthorized,
  })
  const headers = Object.fromEntries(
    Object.entries(defaults.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  const calls = createCalls({ ...test, sender, recorder, headers, goals })
  const startedAt = new Date()
  const lag = monitorEventLoopDelay({ resolution: 10 })
  try {
    const shared = await aside(script.before?.flow)
    const cpu = process.cpuUsage()
    lag.enable()
    const began = performance.now()
    const failed = await offerLoad(test, recorder, prepareAll(), began, shared)
    const durationMs = performance.now() - began
    lag.disable()
    const used = process.cpuUsage(cpu)
    await aside(script.after?.flow, shared)
    const result = summary(test, recorder, { startedAt, durationMs, failed })
    result.generator = judgeGenerator(result, {
      loopLagP99Ms: lag.percentile(99) / 1e6,
      cpuShare: (used.user + used.system) / 1_000 / durationMs,
    })
    return { ...result, thresholds: judgeThresholds(result, script.config.ensure) }
  } finally {
    lag.disable()
    await sender.close()
  }

  function prepareAll() {
    const all = script.scenarios.map((scenario) => ({ scenario, act: prepare(scenario.flow, calls) }))
    return drawing(all, ({ scenario }) => scenario)
  }

  /** What comes before and after counts for nothing; what it captures, all know. */
  async function aside(flow: Scenario['flow'] | undefined, variables: Variables = {}): Promise<Variables> {
    if (!flow || signal.aborted) return variables
    const unmeasured = createCalls({ ...test, sender, recorder: createRecorder(), headers, goals })
    const user = {
      number: 0,
      variables: { ...variablesOf(test, 0), ...variables },
      due: performance.now(),
      signal,
    }
    await prepare(flow, unmeasured)(user).catch(unlessEnded)
    return user.variables
  }
}

type Draw = () => { act: (user: VirtualUser) => Promise<void> }

/** Lets everybody arrive, and waits for the last; resolves to how many did not come to the end of their flow. */
async function offerLoad(
  test: LoadTest,
  recorder: Recorder,
  draw: Draw,
  began: number,
  shared: Variables,
): Promise<number> {
  const { phases, signal } = test
  const { counts } = recorder
  const stopping = new AbortController()
  const ended = AbortSignal.any([signal, stopping.signal])
  let open = 0
  let failed = 0
  let allGone: () => void = () => {}
  const ticking = setInterval(tell, SECOND_MS)

  function tell(): void {
    test.onSecond?.(recorder.tick(open), performance.now() - began)
  }
  function leave(): void {
    open -= 1
    counts.ended += 1
    if (open === 0) allGone()
  }
  function arrive(at: number, phase: number): void {
    const { maxVusers = Number.POSITIVE_INFINITY } = phases[phase] ?? {}
    const due = began + at
    const number = counts.offered
    counts.offered += 1
    if (open >= maxVusers) {
      counts.skipped += 1
      return
    }
    open += 1
    counts.started += 1
    recorder.time('lateness', Math.max(0, performance.now() - due))
    const variables = { ...variablesOf(test, number), ...shared }
    draw()
      .act({ number, variables, due, signal: ended })
      .catch((thrown: unknown) => {
        failed += 1
        unlessEnded(thrown)
      })
      .catch((thrown: unknown) => ended.aborted || stopping.abort(thrown))
      .finally(leave)
  }

  try {
    for (const { at, phase } of arrivalsOf(phases)) {
      const wait = began + at - performance.now()
      if (wait > 0) await sleep(wait, undefined, { signal: ended }).catch(() => {})
      if (ended.aborted) break
      arrive(at, phase)
    }
    await restOf(phases, began, ended)
    const patience = setTimeout(() => stopping.abort('patience'), PATIENCE_MS)
    if (open > 0) await new Promise<void>((resolve) => (allGone = resolve))
    clearTimeout(patience)
    if (stopping.signal.aborted && stopping.signal.reason !== 'patience') throw stopping.signal.reason
    return failed
  } finally {
    clearInterval(ticking)
    tell()
  }
}

/** A pause at the end is part of the test. */
async function restOf(phases: readonly Phase[], began: number, signal: AbortSignal): Promise<void> {
  const left = began + sizeOf(phases).ms - performance.now()
  if (left > 0 && !signal.aborted) await sleep(left, undefined, { signal }).catch(() => {})
}

function unlessEnded(thrown: unknown): void {
  if (!(thrown instanceof EndOfUser)) throw thrown
}

function variablesOf({ script, environment, row }: LoadTest, number: number): Variables {
  const { variables = {} } = script.config
  const chosen = Object.entries(variables).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[Math.floor(Math.random() * value.length)] : value,
  ])
  return { $processEnvironment: environment, ...Object.fromEntries(chosen), ...row?.(number) }
}

/** Draws one of several, each as often as its weight says. */
function drawing<T>(all: readonly T[], scenarioOf: (one: T) => Scenario): () => T {
  const total = all.reduce((sum, one) => sum + scenarioOf(one).weight, 0)
  return () => {
    let left = Math.random() * total
    for (const one of all) {
      left -= scenarioOf(one).weight
      if (left < 0) return one
    }
    return all.at(-1) as T
  }
}

function summary(
  { name, target, phases, simulated, signal }: LoadTest,
  recorder: Recorder,
  { startedAt, durationMs, failed }: { startedAt: Date; durationMs: number; failed: number },
): LoadResult {
  const { counts, streams, goals, statuses, failures, seconds } = recorder
  const { offered, started, skipped, ended, sent, answered, refused } = counts
  const offeredMs = sizeOf(phases).ms
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
