import { waitFor } from './course.ts'
import type { Answer, Sender, Sent } from './http/send.ts'
import { followStream } from './http/stream.ts'
import { failed, needsBody } from './judge.ts'
import { Measurement } from './measurement.ts'
import { createOutgoing, NoWay, type Outgoing } from './outgoing.ts'
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

/** How the requests of a test are made and measured. */
export function createCalls(deps: CallsDeps): Calls {
  const { recorder, sender, goals = {} } = deps
  const make = createOutgoing(deps)
  /** @throws EndOfUser where there is no way to send it, which counts as a request that failed */
  function outgoing(user: VirtualUser, method: Method, step: RequestStep): Sent {
    try {
      return make(user, method, step)
    } catch (thrown) {
      if (!(thrown instanceof NoWay)) throw thrown
      recorder.counts.sent += 1
      throw failed(recorder, thrown.message)
    }
  }

  return {
    log: deps.log,
    request: (user, method, step) => (resolve, reject) => {
      const { due, signal } = user
      const sent = outgoing(user, method, step)
      const keep = step.capture !== undefined || step.match !== undefined || needsBody(step.expect)
      function made(answer: Answer | undefined): void {
        if (!answer) return
        if (goals.responseTime !== undefined) goal(recorder, user.due - due <= goals.responseTime)
        take(user, answer, step)
      }
      const measurement = new Measurement(recorder, { user, step, made }, resolve, reject)
      sender.send(sent, { keep, signal }, measurement)
    },
    *stream(user, step) {
      const method = step.method.toUpperCase() as Method
      // A stream has limits of its own.
      const sent = { ...outgoing(user, method, step), headersTimeout: 0, bodyTimeout: 0 }
      const { due } = user
      const follower = followStream(step, { due, recorder, signal: user.signal })
      const options = { keep: step.capture !== undefined, signal: follower.signal, ...follower.options }
      const made = (answer: Answer | undefined) => answer
      let answer: Answer | undefined
      try {
        answer = yield* waitFor<Answer | undefined>((resolve, reject) =>
          sender.send(
            sent,
            options,
            new Measurement(recorder, { user, step, follower, made }, resolve, reject),
          ),
        )
      } finally {
        follower.close()
      }
      if (!answer) return
      if (Object.values(goals).some((wanted) => wanted !== undefined)) goal(recorder, follower.meets(goals))
      take(user, answer, step)
    },
  }
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
