import { after, type Wait, waitFor } from './course.ts'
import { type Answer, failureName, type Sender, type SendOptions, type Sent } from './http/send.ts'
import { followStream } from './http/stream.ts'
import { failed, judge, needsBody } from './judge.ts'
import { createOutgoing, type Outgoing } from './outgoing.ts'
import type { Recorder } from './recorder.ts'
import type { RequestStep, Settings, StreamStep } from './script/schema.ts'
import { parsed, pathIn } from './script/template.ts'
import type { Calls, Method, VirtualUser } from './steps.ts'

/** What requests are made and measured with. */
export interface CallsDeps extends Outgoing {
  sender: Sender
  recorder: Recorder
  goals: Settings['goals']
  log: (text: string) => void
}

/** Of a request that the end of the test, or of its patience, found under way. */
const UNANSWERED = 'no answer when the test ended'
/** Names of failures that only waiting told of. */
const WAITED_FOR = /TIMEOUT|TIMEDOUT|^IDLE$/i

/** Who follows an answer as it comes. */
interface Follower {
  /** Why an answer that is there was none after all. */
  missed(): string | undefined
  /** Told that whoever waited for more waits no longer. */
  waited(): void
}

/** How the requests of a test are made and measured. */
export function createCalls(deps: CallsDeps): Calls {
  const { recorder, goals = {} } = deps
  const outgoing = createOutgoing(deps)

  /**
   * A request that nobody waits for any longer counts as long as it was waited for: left out, a target that hangs
   * would have the times of those it answered.
   * For nothing where a limit refused; rejected with EndOfUser when there is no good answer.
   */
  function measured(
    user: VirtualUser,
    sent: Sent,
    step: RequestStep,
    options: SendOptions,
    follower?: Follower,
  ): Wait<Answer | undefined> {
    const { due } = user
    const began = performance.now()
    recorder.counts.sent += 1
    return after(
      deps.sender.send(sent, options),
      (answer) => {
        const now = performance.now()
        user.due = now
        if (!judge(recorder, answer, step)) return undefined
        const lacks = follower?.missed()
        if (lacks !== undefined) throw failed(recorder, lacks)
        recorder.counts.answered += 1
        took(recorder, due, began, now)
        return answer
      },
      (thrown) => {
        const name = user.signal.aborted ? UNANSWERED : failureName(thrown)
        if (user.signal.aborted || WAITED_FOR.test(name)) {
          took(recorder, due, began, performance.now())
          follower?.waited()
        }
        return failed(recorder, name)
      },
    )
  }

  return {
    log: deps.log,
    request(user, method, step) {
      const { due } = user
      const sent = outgoing(user, method, step)
      const keep = step.capture !== undefined || step.match !== undefined || needsBody(step.expect)
      return after(measured(user, sent, step, { keep, signal: user.signal }), (answer) => {
        if (!answer) return
        if (goals.responseTime !== undefined) goal(recorder, user.due - due <= goals.responseTime)
        take(user, answer, step)
      })
    },
    *stream(user, step) {
      const method = step.method.toUpperCase() as Method
      const sent = outgoing(user, method, step)
      const { due } = user
      const stream = followStream(step, { due, recorder, signal: user.signal })
      const options = { keep: step.capture !== undefined, signal: stream.signal, ...stream.options }
      let answer: Answer | undefined
      try {
        answer = yield* waitFor(measured(user, sent, step, options, stream))
      } finally {
        stream.close()
      }
      if (!answer) return
      if (Object.values(goals).some((wanted) => wanted !== undefined))
        goal(recorder, stream.meets(goals, user.due - due))
      take(user, answer, step)
    },
  }
}

function took(recorder: Recorder, due: number, began: number, now: number): void {
  recorder.time('response', now - due)
  recorder.time('service', now - began)
}

/** What is asked of a request that has ended well; one that has not meets nothing, and is judged where it is counted. */
function goal(recorder: Recorder, met: boolean): void {
  recorder.goals.judged += 1
  if (met) recorder.goals.met += 1
}

function take(
  { variables }: VirtualUser,
  { text, headers }: Answer,
  { capture = [] }: RequestStep | StreamStep,
): void {
  for (const { json, header, regexp, as } of capture) {
    if (json !== undefined) variables[as] = pathIn(parsed(text), json)
    else if (header !== undefined) variables[as] = headers[header.toLowerCase()]
    else if (regexp !== undefined) {
      const found = new RegExp(regexp).exec(text)
      variables[as] = found?.[1] ?? found?.[0]
    }
  }
}
