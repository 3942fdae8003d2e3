import { setTimeout as sleep } from 'node:timers/promises'
import { type Course, goThrough, type Wait, waitForPromise } from './course.ts'
import type { LoopStep, RequestStep, Step } from './script/schema.ts'
import { filled, holds, pathIn, type Variables } from './script/template.ts'

/** Somebody who goes through a flow. */
export interface VirtualUser {
  /** Their number among all, from 0. */
  number: number
  variables: Variables
  /** When their next request is meant to go out, on the clock of `performance.now()`. */
  due: number
  signal: AbortSignal
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a step that reaches the network does. */
export interface Calls {
  request(user: VirtualUser, method: Method, step: RequestStep): Wait<void>
  stream(user: VirtualUser, step: Extract<Step, { sse: unknown }>['sse']): Course
  log(text: string): void
}

/** What a step does; a request is waited for as it is, without a course of its own: there are tens of thousands a second. */
type Act = (user: VirtualUser) => Wait<void> | Course

/** A flow made ready to be gone through, once for all who do. */
export function prepare(flow: readonly Step[], calls: Calls): (user: VirtualUser) => Course {
  const acts = flow.map((step) => prepareStep(step, calls))
  return function* (user) {
    for (const act of acts) {
      user.signal.throwIfAborted()
      const doing = act(user)
      if (typeof doing === 'function') yield doing as Wait<never>
      else yield* doing
    }
  }
}

function prepareStep(step: Step, calls: Calls): Act {
  if ('get' in step) return requesting('GET', step.get, calls)
  if ('post' in step) return requesting('POST', step.post, calls)
  if ('put' in step) return requesting('PUT', step.put, calls)
  if ('patch' in step) return requesting('PATCH', step.patch, calls)
  if ('delete' in step) return requesting('DELETE', step.delete, calls)
  if ('sse' in step) return unless(step.sse.ifTrue, (user) => calls.stream(user, step.sse))
  if ('think' in step) return (user) => think(user, step.think)
  if ('log' in step) return saying(step.log, calls)
  if ('loop' in step) return looping(step, calls)
  return together(step.parallel, calls)
}

function requesting(method: Method, step: RequestStep, calls: Calls): Act {
  return unless(step.ifTrue, (user) => calls.request(user, method, step))
}

function unless(condition: string | undefined, act: Act): Act {
  if (condition === undefined) return act
  return (user) => (holds(condition, user.variables) ? act(user) : nothing())
}

function* nothing(): Course {}

/** Thinking is meant: what follows is due after it. */
function* think(user: VirtualUser, ms: number): Course {
  yield* waitForPromise(sleep(ms, undefined, { signal: user.signal }))
  user.due = performance.now()
}

function saying(text: string, calls: Calls): Act {
  // biome-ignore lint/correctness/useYield: it is done at once
  return function* ({ variables }) {
    calls.log(String(filled(text, variables)))
  }
}

function looping({ loop, count, over, loopValue = '$loopElement', whileTrue }: LoopStep, calls: Calls): Act {
  const [step, ...others] = loop
  const act: Act = step && others.length === 0 ? prepareStep(step, calls) : prepare(loop, calls)
  return function* (user) {
    const { variables, signal } = user
    const values = over === undefined ? undefined : valuesOf(over, variables)
    const most = values?.length ?? count ?? (whileTrue === undefined ? 1 : Number.POSITIVE_INFINITY)
    for (let turn = 0; turn < most; turn += 1) {
      if (whileTrue !== undefined && !holds(whileTrue, variables)) return
      variables.$loopCount = turn + 1
      if (values) variables[loopValue] = values[turn]
      signal.throwIfAborted()
      const doing = act(user)
      if (typeof doing === 'function') yield doing as Wait<never>
      else yield* doing
    }
  }
}

function valuesOf(over: string | unknown[], variables: Variables): unknown[] {
  const values = typeof over === 'string' ? pathIn(variables, over) : over
  return Array.isArray(values) ? values : []
}

/** Each branch is somebody with the same variables; all were meant to begin at once, and all come to their end. */
function together(steps: readonly Step[], calls: Calls): Act {
  const acts = steps.map((step) => prepare([step], calls))
  return function* (user) {
    const branches = acts.map(async (act) => {
      const branch = { ...user }
      await goThrough(act(branch))
      return branch.due
    })
    user.due = Math.max(user.due, ...(yield* waitForPromise(allEnded(branches))))
  }
}

/** @throws what was thrown first, once none goes on any longer: what is under way is counted and holds its place */
async function allEnded<Value>(branches: readonly Promise<Value>[]): Promise<Value[]> {
  try {
    return await Promise.all(branches)
  } finally {
    await Promise.allSettled(branches)
  }
}
