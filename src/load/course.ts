/**
 * Something to wait for, in the shape that a Promise is made of: it tells of its end once, by either, and never before
 * the call has returned.
 */
export type Wait<Value> = (resolve: (value: Value) => void, reject: (thrown: unknown) => void) => void

/** What somebody does in turn, and yields to wait. */
export type Course<Value = void> = Generator<Wait<never>, Value>

/** Waits in a course. @throws whatever the wait is rejected with */
export function* waitFor<Value>(wait: Wait<Value>): Course<Value> {
  return (yield wait as Wait<never>) as Value
}

/** The same for a promise. @throws whatever it is rejected with */
export function waitForPromise<Value>(promise: Promise<Value>): Course<Value> {
  return waitFor((resolve, reject) => void promise.then(resolve, reject))
}

/**
 * Goes through a course to its end, and resolves to what it returns. What comes after a wait is begun in the very call
 * that tells of its end, not some turns later as after an `await`: a connection is used again while undici still knows
 * that nothing came on it meanwhile, and need not be listened to first (docs/performance.md, the load generator).
 * @throws whatever the course throws
 */
export function goThrough<Value>(course: Course<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const go = (value?: unknown) => advance(false, value)
    const fail = (thrown: unknown) => advance(true, thrown)
    function advance(isThrown: boolean, given?: unknown): void {
      try {
        const { done, value } = isThrown ? course.throw(given) : course.next(given)
        if (done) resolve(value)
        else value(go, fail)
      } catch (thrown) {
        reject(thrown)
      }
    }
    go()
  })
}
