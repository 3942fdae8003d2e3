import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createCalls } from './calls.ts'
import { goThrough } from './course.ts'
import { judgeGenerator } from './generator.ts'
import { createSender } from './http/send.ts'
import { type LoadTest, variablesOf } from './load-test.ts'
import { offerLoad, unlessEnded } from './offer.ts'
import { createRecorder } from './recorder.ts'
import type { LoadResult } from './result.ts'
import type { Scenario } from './script/schema.ts'
import type { Variables } from './script/template.ts'
import { prepare } from './steps.ts'
import { summary } from './summary.ts'
import { judgeThresholds } from './thresholds.ts'

const TIMEOUT_MS = 60_000
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
    const shared = await aside('before')
    const cpu = process.cpuUsage()
    lag.enable()
    const began = performance.now()
    const failed = await offerLoad(test, recorder, prepareAll(), began, shared)
    const durationMs = performance.now() - began
    lag.disable()
    const used = process.cpuUsage(cpu)
    const result = summary(test, recorder, { startedAt, durationMs, failed })
    result.generator = judgeGenerator(result, {
      loopLagP99Ms: lag.percentile(99) / 1e6,
      cpuShare: (used.user + used.system) / 1_000 / durationMs,
    })
    const judged = { ...result, thresholds: judgeThresholds(result, script.config.ensure) }
    await aside('after', shared)
    return judged
  } finally {
    lag.disable()
    await sender.close()
  }

  function prepareAll() {
    const all = script.scenarios.map((scenario) => ({ scenario, act: prepare(scenario.flow, calls) }))
    return drawing(all, ({ scenario }) => scenario)
  }

  /** What comes before and after counts for nothing; what it captures, all know. */
  async function aside(when: 'before' | 'after', variables: Variables = {}): Promise<Variables> {
    const flow = script[when]?.flow
    if (!flow || signal.aborted) return variables
    const unmeasured = createCalls({ ...test, sender, recorder: createRecorder(), headers, goals })
    const user = {
      number: 0,
      variables: { ...variablesOf(test, 0), ...variables },
      due: performance.now(),
      signal,
    }
    await goThrough(prepare(flow, unmeasured)(user)).catch((thrown: unknown) => {
      // Afterwards there is a result, and nothing may take it away.
      if (when === 'before') unlessEnded(thrown)
      test.log(`${when}: ${thrown instanceof Error ? thrown.message : thrown}`)
    })
    return user.variables
  }
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
