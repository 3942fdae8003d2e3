import { LOAD_TEST_HEADER } from '../contract/admin/loadtest.ts'
import type { Sent } from './http/send.ts'
import type { RequestStep } from './script/schema.ts'
import { filled, hasPlaces, type Variables } from './script/template.ts'
import type { Method, VirtualUser } from './steps.ts'

/** Somebody as whom requests are sent. */
export interface SignedIn {
  token: string
  /** What they bring that takes part in a load test of a gateway of ours. */
  pass?: string | undefined
}

/** What the requests of a test have in common. */
export interface Outgoing {
  target: string
  /** Headers of every request, but those that go elsewhere than to the target. */
  headers: Record<string, string>
  /** Those who sign in: a virtual user is one of them, or the next for each request where they take turns. */
  people: readonly SignedIn[]
  takeTurns?: boolean | undefined
  /** Whether a request may go there. */
  mayReach: (url: URL) => boolean
}

/** A step leads nowhere that may be reached: nothing was sent. Its message is what such a failure is called. */
export class NoWay extends Error {
  override readonly name = 'NoWay'
}

/**
 * Makes what goes out of a step; a step without places for variables is prepared once for all who take it. What it
 * returns throws NoWay.
 */
export function createOutgoing({ target, headers, people, takeTurns, mayReach }: Outgoing) {
  const home = new URL(target).origin
  const fixed = new Map<RequestStep, Sent>()
  let count = 0

  function prepared(step: RequestStep, method: Method, variables: Variables): Sent {
    const known = fixed.get(step)
    if (known) return known
    const sent = requestOf({ target, headers, mayReach }, variables, method, step)
    if (!hasPlaces(step)) fixed.set(step, sent)
    return sent
  }

  return ({ number, variables }: VirtualUser, method: Method, step: RequestStep): Sent => {
    count += 1
    const sent = prepared(step, method, variables)
    const person = people[(takeTurns ? count : number) % Math.max(1, people.length)]
    // A token is nobody's business but the target's.
    if (person === undefined || sent.origin !== home || 'authorization' in sent.headers) return sent
    const { token, pass } = person
    const headers = { ...sent.headers, authorization: `Bearer ${token}` }
    return { ...sent, headers: pass === undefined ? headers : { ...headers, [LOAD_TEST_HEADER]: pass } }
  }
}

function requestOf(
  { target, headers, mayReach }: Pick<Outgoing, 'target' | 'headers' | 'mayReach'>,
  variables: Variables,
  method: Method,
  step: RequestStep,
): Sent {
  const url = URL.parse(String(filled(step.url, variables)), target)
  if (!url) throw new NoWay('no address')
  if (!mayReach(url)) throw new NoWay(`not sent: nobody consented to ${url.origin}`)
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
    body: body?.text ?? null,
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
