import { expect, test } from 'vitest'
import { type Course, goThrough, type Wait, waitFor } from './course.ts'

/** A wait that ends when it is told to. */
function held<Value>() {
  let resolve: (value: Value) => void = () => {}
  let reject: (thrown: unknown) => void = () => {}
  const wait: Wait<Value> = (...ends) => ([resolve, reject] = ends)
  return { wait, resolve: (value: Value) => resolve(value), reject: (thrown: unknown) => reject(thrown) }
}

test('what comes after a wait has begun when the call that ends it returns', async () => {
  const first = held<number>()
  const second = held<number>()
  const seen: number[] = []
  function* adding(): Course<number> {
    seen.push(yield* waitFor(first.wait))
    seen.push(yield* waitFor(second.wait))
    return seen.length
  }
  const ended = goThrough(adding())
  first.resolve(7)
  expect(seen).toEqual([7])
  second.resolve(8)
  expect(seen).toEqual([7, 8])
  expect(await ended).toBe(2)
})

test('a wait that is rejected throws where it was waited for, and may be caught there', async () => {
  const bad = held()
  const after = held<string>()
  function* catching(): Course<string> {
    try {
      yield* waitFor(bad.wait)
    } catch (thrown) {
      expect(thrown).toBe('why')
    }
    return yield* waitFor(after.wait)
  }
  const ended = goThrough(catching())
  bad.reject('why')
  after.resolve('went on')
  expect(await ended).toBe('went on')
})

test('what a course throws, before or after it waited, rejects', async () => {
  function* throwing(wait?: Wait<void>): Course {
    if (wait) yield* waitFor(wait)
    throw new Error('no further')
  }
  await expect(goThrough(throwing())).rejects.toThrow('no further')
  const wait: Wait<void> = (resolve) => setTimeout(resolve, 1)
  await expect(goThrough(throwing(wait))).rejects.toThrow('no further')
})

test('a course as long as may be needs no more stack', async () => {
  const soon: Wait<void> = (resolve) => queueMicrotask(() => resolve())
  function* short(turn: number): Course<number> {
    if (turn % 100 === 0) yield* waitFor(soon)
    return 1
  }
  function* long(): Course<number> {
    let sum = 0
    for (let turn = 0; turn < 200_000; turn += 1) sum += yield* short(turn)
    return sum
  }
  expect(await goThrough(long())).toBe(200_000)
})
