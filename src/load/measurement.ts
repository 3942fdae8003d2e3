import { type Answer, failureName, type Receiver } from './http/send.ts'
import { failed, judge } from './judge.ts'
import type { Recorder } from './recorder.ts'
import type { RequestStep } from './script/schema.ts'
import type { VirtualUser } from './steps.ts'

/** Of a request that the end of the test, or of its patience, found under way. */
const UNANSWERED = 'no answer when the test ended'
/** Names of failures that only waiting told of. */
const WAITED_FOR = /TIMEOUT|TIMEDOUT|^IDLE$/i

/** Who follows an answer as it comes. */
interface Follower {
  /** Why an answer that is there was none after all. */
  missed(): string | undefined
  /** When it was whole, where that was before it ended. */
  wholeAt(): number | undefined
  /** Told that whoever waited for more waits no longer. */
  waited(): void
}

/** A request of somebody, as it goes out. */
interface Asked<Made> {
  user: VirtualUser
  step: RequestStep
  follower?: Follower
  /** What becomes of the answer; of nothing where a limit refused. */
  made(answer: Answer | undefined): Made
}

/** Measures one request from now on. Tens of thousands are made a second: its methods are not made anew with each. */
export class Measurement<Made> implements Receiver {
  readonly #recorder: Recorder
  readonly #asked: Asked<Made>
  readonly #due: number
  readonly #began = performance.now()
  readonly #resolve: (made: Made) => void
  readonly #reject: (thrown: unknown) => void

  /** `reject` is given an EndOfUser where there is no good answer. */
  constructor(
    recorder: Recorder,
    asked: Asked<Made>,
    resolve: (made: Made) => void,
    reject: (thrown: unknown) => void,
  ) {
    this.#recorder = recorder
    this.#asked = asked
    this.#due = asked.user.due
    this.#resolve = resolve
    this.#reject = reject
    recorder.counts.sent += 1
  }

  answered(answer: Answer): void {
    let made: Made
    try {
      made = this.#asked.made(this.#isGood(answer) ? answer : undefined)
    } catch (thrown) {
      this.#reject(thrown)
      return
    }
    this.#resolve(made)
  }

  #isGood(answer: Answer): boolean {
    const { user, step, follower } = this.#asked
    const now = performance.now()
    user.due = now
    if (!judge(this.#recorder, answer, step)) return false
    const lacks = follower?.missed()
    if (lacks !== undefined) throw failed(this.#recorder, lacks)
    this.#recorder.counts.answered += 1
    this.#took(follower?.wholeAt() ?? now)
    return true
  }

  /**
   * A request that nobody waits for any longer counts as long as it was waited for: left out, a target that hangs
   * would have the times of those it answered.
   */
  failed(thrown: unknown): void {
    const { user, follower } = this.#asked
    const name = user.signal.aborted ? UNANSWERED : failureName(thrown)
    if (user.signal.aborted || WAITED_FOR.test(name)) {
      this.#took(performance.now())
      follower?.waited()
    }
    this.#reject(failed(this.#recorder, name))
  }

  #took(now: number): void {
    this.#recorder.time('response', now - this.#due)
    this.#recorder.time('service', now - this.#began)
  }
}
