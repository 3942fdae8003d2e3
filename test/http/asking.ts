import type { TestGateway, Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

/** The gateway under test, and ways to ask it that give up after a while. */
export interface Running {
  gateway: TestGateway
  visitor: Visitor
  /** A conversation of the visitor with one reply in it. */
  sessionKey: string
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>
  /** Sends bytes as they are, said to be JSON unless told. */
  post(path: string, body?: BodyInit, headers?: Record<string, string>): Promise<Response>
}

const PATIENCE_MS = 10_000

/** Makes the two ways to ask. */
export function asking(gateway: TestGateway, visitor: Visitor): Pick<Running, 'get' | 'post'> {
  return {
    get: (path, headers = {}, method = 'GET') =>
      visitor.request(path, { method, headers, signal: AbortSignal.timeout(PATIENCE_MS) }),
    post: (path, body, headers = {}) =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${visitor.token}`, 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined
          ? {}
          : { body, ...(body instanceof ReadableStream ? { duplex: 'half' } : {}) }),
      }),
  }
}

/** Asserts that the answer is a refusal; resolves to its code. */
export async function refused(answer: Promise<Response>, what: string): Promise<string> {
  return expectProblem(await answer, what)
}

/** An id that is well-formed and nobody's. */
export const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
export const SEND = '/api/chat/message'

/** Each route that takes a body, with one it would take. */
export const WITH_BODY: Readonly<Record<string, Record<string, unknown>>> = {
  [SEND]: { message: 'Hello', sessionKey: ID, clientMessageId: 'a-1', model: 'claude-sonnet-5-5' },
  [`/api/conversations/${ID}/regenerate`]: { messageId: ID, clientMessageId: 'a-2' },
  [`/api/conversations/${ID}/edit`]: { messageId: ID, message: 'Hello', clientMessageId: 'a-3' },
}

/** What can name nothing. */
export const JUNK = [
  '0',
  '-1',
  'NaN',
  'null',
  '__proto__',
  'constructor',
  'a'.repeat(5_000),
  '%00',
  '%ff%fe',
  '%F0%9F%98%80',
  "';select%201--",
  '..%2f..%2fetc',
  '%252e',
  '{}',
  `${ID}x`,
  ` ${ID}`,
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
]
