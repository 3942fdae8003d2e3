import { HelixError } from '../errors.ts'
import { type Answer, failureName, type Sender, type SendOptions, type Sent } from './http/send.ts'
import { followStream } from './http/stream.ts'
import type { Recorder } from './recorder.ts'
import type { Expectation, RequestStep, Settings, StreamStep } from './script/schema.ts'
import { filled, hasPlaces, pathIn, type Variables } from './script/template.ts'
import type { Calls, Method, VirtualUser } from './steps.ts'

/** What the requests of a test have in common. */
export interface CallsDeps {
  target: string
  sender: Sender
  recorder: Recorder
  /** Headers of every request, but those that go elsewhere than to the target. */
  headers: Record<string, string>
  /** Access tokens of those who sign in: a virtual user has one, or the next for each request where they take turns. */
  tokens: readonly string[]
  takeTurns?: boolean | undefined
  goals: Settings['goals']
  log: (text: string) => void
}

/** A virtual user went no further: already counted where it happened. */
export class EndOfUser extends Error {
  override readonly name = 'EndOfUser'
}

/** How the requests of a test are made and measured. */
export function createCalls(deps: CallsDeps): Calls {
  const { recorder, goals = {} } = deps
  const outgoing = createOutgoing(deps)

  /** Resolves to nothing where a limit refused. @throws EndOfUser when there is no good answer */
  async function measured(
    user: VirtualUser,
    sent: Sent,
    step: RequestStep,
    options: SendOptions = {},
    missed: () => string | undefined = () => undefined,
  ): Promise<Answer | undefined> {
    const { due } = user
    const began = performance.now()
    recorder.counts.sent += 1
    const answer = await deps.sender
      .send(sent, { signal: user.signal, ...options })
      .catch((thrown: unknown) => {
        user.signal.throwIfAborted()
        throw failed(recorder, failureName(thrown))
      })
    const now = performance.now()
    user.due = now
    if (!judge(recorder, answer, step)) return undefined
    const lacks = missed()
    if (lacks !== undefined) throw failed(recorder, lacks)
    recorder.counts.answered += 1
    recorder.time('response', now - due)
    recorder.time('service', now - began)
    return answer
  }

  return {
    log: deps.log,
    async request(user, method, step) {
      const { due } = user
      const sent = outgoing(user, method, step)
      const keep = step.capture !== undefined || step.match !== undefined || needsBody(step.expect)
      const answer = await measured(user, sent, step, { keep })
      if (!answer) return
      if (goals.responseTime !== undefined) goal(recorder, user.due - due <= goals.responseTime)
      take(user, answer, step)
    },
    async stream(user, step) {
      const method = step.method.toUpperCase() as Method
      const sent = outgoing(user, method, step)
      const { due } = user
      const stream = followStream(step, { due, recorder, signal: user.signal })
      const options = { keep: step.capture !== undefined, signal: stream.signal, ...stream.options }
      const answer = await measured(user, sent, step, options, stream.missed).finally(stream.close)
      if (!answer) return
      if (Object.values(goals).some((wanted) => wanted !== undefined))
        goal(recorder, stream.meets(goals, user.due - due))
      take(user, answer, step)
    },
  }
}

/** Makes what goes out of a step; a step without places for variables is prepared once for all who take it. */
function createOutgoing({ target, headers, tokens, takeTurns }: CallsDeps) {
  const home = new URL(target).origin
  const fixed = new Map<RequestStep, Sent>()
  let count = 0

  function prepared(step: RequestStep, method: Method, variables: Variables): Sent {
    const known = fixed.get(step)
    if (known) return known
    const sent = requestOf({ target, headers }, variables, method, step)
    if (!hasPlaces(step)) fixed.set(step, sent)
    return sent
  }

  return ({ number, variables }: VirtualUser, method: Method, step: RequestStep): Sent => {
    count += 1
    const sent = prepared(step, method, variables)
    const token = tokens[(takeTurns ? count : number) % Math.max(1, tokens.length)]
    // A token is nobody's business but the target's.
    if (token === undefined || sent.origin !== home || 'authorization' in sent.headers) return sent
    return { ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } }
  }
}

function requestOf(
  { target, headers }: Pick<CallsDeps, 'target' | 'headers'>,
  variables: Variables,
  method: Method,
  step: RequestStep,
): Sent {
  const url = new URL(String(filled(step.url, variables)), target)
  for (const [name, value] of Object.entries(filled(step.qs ?? {}, variables)))
    url.searchParams.set(name, String(value))
  const own = Object.entries(filled(step.headers ?? {}, variables)).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ])
  const body = bodyOf(step, variables)
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: {
      ...(url.origin === new URL(target).origin && headers),
      ...(body?.type && { 'content-type': body.type }),
      ...(step.cookie && { cookie: cookies(filled(step.cookie, variables)) }),
      ...('until' in step && { accept: 'text/event-stream' }),
      ...Object.fromEntries(own),
    },
    body: body?.text,
  }
}

function bodyOf({ json, form, body }: RequestStep, variables: Variables) {
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(filled(json, variables)) }
  if (form === undefined) return body === undefined ? undefined : { text: String(filled(body, variables)) }
  const fields = Object.entries(filled(form, variables)).map(([name, value]) => [name, String(value)])
  return { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams(fields)) }
}

function cookies(given: Record<string, unknown>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('; ')
}

/** Whether a request was answered well, or refused by a limit, which is counted. @throws EndOfUser where it failed */
function judge(recorder: Recorder, { status, text, headers }: Answer, step: RequestStep): boolean {
  recorder.status(status)
  if (status === 429) {
    recorder.counts.refused += 1
    return false
  }
  const expected = step.expect?.some(({ statusCode }) => statusCode !== undefined) ?? false
  if (status >= 400 && !expected) throw failed(recorder, `HTTP ${status}`)
  for (const each of step.expect ?? []) {
    const missed = missedBy(each, { status, text, headers })
    if (missed) throw failed(recorder, missed)
  }
  for (const { json, value } of step.match ?? [])
    if (pathIn(parsed(text), json) !== value) throw failed(recorder, `match ${json}`)
  return true
}

function missedBy(
  { statusCode, contentType, hasHeader, hasProperty }: Expectation,
  answer: Answer,
): string | undefined {
  const codes = statusCode === undefined ? undefined : [statusCode].flat()
  if (codes && !codes.includes(answer.status)) return `expected ${codes.join(' or ')}, got ${answer.status}`
  const type = String(answer.headers['content-type'] ?? '')
  if (contentType !== undefined && !type.includes(contentType)) return `expected ${contentType}`
  if (hasHeader !== undefined && answer.headers[hasHeader.toLowerCase()] === undefined)
    return `expected a header ${hasHeader}`
  if (hasProperty !== undefined && pathIn(parsed(answer.text), hasProperty) === undefined)
    return `expected a property ${hasProperty}`
  return undefined
}

function needsBody(expect: RequestStep['expect']): boolean {
  return expect?.some(({ hasProperty }) => hasProperty !== undefined) ?? false
}

function failed(recorder: Recorder, name: string): EndOfUser {
  recorder.counts.failed += 1
  recorder.failure(name)
  return new EndOfUser(name)
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
    } else
      throw new HelixError('usage', `The capture ${as} takes nothing`, {
        hint: 'Give json, header or regexp.',
      })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
