import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { arrivalsOf, lengthOf } from './arrivals.ts'
import { type Course, goThrough } from './course.ts'
import { EndOfUser } from './judge.ts'
import { type LoadTest, variablesOf } from './load-test.ts'
import type { Recorder } from './recorder.ts'
import type { Phase } from './script/schema.ts'
import type { Variables } from './script/template.ts'
import type { VirtualUser } from './steps.ts'

/** How long what is under way may take to end once nobody arrives any more, in ms. */
const PATIENCE_MS = 120_000
const SECOND_MS = 1_000
/** How long those who are owed may begin one after the other before what came meanwhile is heard. */
const AT_A_TIME_MS = 5

type Draw = () => { act: (user: VirtualUser) => Course }

/** Lets everybody arrive, and waits for the last; resolves to how many did not come to the end of their flow. */
export async function offerLoad(
  test: LoadTest,
  recorder: Recorder,
  draw: Draw,
  began: number,
  shared: Variables,
): Promise<number> {
  const { phases, signal } = test
  const { counts } = recorder
  const stopping = new AbortController()
  const { ended, forget } = either(signal, stopping.signal)
  let open = 0
  let failed = 0
  let allGone: () => void = () => {}
  const ticking = setInterval(tell, SECOND_MS)

  function tell(): void {
    const second = recorder.tick(open)
    test.onSecond?.(second, performance.now() - began)
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
    goThrough(draw().act({ number, variables, due, signal: ended }))
      .catch((thrown: unknown) => {
        failed += 1
        unlessEnded(thrown)
      })
      .catch((thrown: unknown) => ended.aborted || stopping.abort(thrown))
      .finally(leave)
  }

  try {
    const wait = pace(ended)
    for (const { at, phase } of arrivalsOf(phases)) {
      const waiting = wait(began + at)
      if (waiting) await waiting
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
    forget()
    tell()
  }
}

/**
 * Waits until somebody is due. Whoever is behind would let all who are owed begin without a turn of the loop, and hear no
 * answer, no timer and no signal until the last: now and then they wait for one. Undefined where there is no waiting.
 */
function pace(signal: AbortSignal): (due: number) => Promise<void> | undefined {
  let heard = performance.now()
  async function hear(waiting: Promise<unknown>): Promise<void> {
    await waiting.catch(() => {})
    heard = performance.now()
  }
  return (due) => {
    const now = performance.now()
    if (due > now) return hear(sleep(due - now, undefined, { signal }))
    return now - heard < AT_A_TIME_MS ? undefined : hear(turn())
  }
}

/**
 * Aborted with whichever is first. Every request begins and ends listening to it, and what `AbortSignal.any` makes
 * takes stock of itself each time.
 */
function either(one: AbortSignal, other: AbortSignal): { ended: AbortSignal; forget: () => void } {
  const both = new AbortController()
  const follow = () => both.abort(one.aborted ? one.reason : other.reason)
  for (const each of [one, other]) each.addEventListener('abort', follow, { once: true })
  if (one.aborted || other.aborted) follow()
  return { ended: both.signal, forget: () => one.removeEventListener('abort', follow) }
}

/** A pause at the end is part of the test. */
async function restOf(phases: readonly Phase[], began: number, signal: AbortSignal): Promise<void> {
  const left = began + lengthOf(phases) - performance.now()
  if (left > 0 && !signal.aborted) await sleep(left, undefined, { signal }).catch(() => {})
}

/** Lets whoever ended by what is counted already go. */
export function unlessEnded(thrown: unknown): void {
  if (!(thrown instanceof EndOfUser)) throw thrown
}
