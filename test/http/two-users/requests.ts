import { release } from '../../../src/config/package.ts'
import type { Operation } from '../../../src/contract/operation.ts'
import { createComponents } from '../../../src/openapi/components.ts'
import { streamPasses } from '../../../src/release/stream-probe.ts'
import type { Things } from './things.ts'

/** What signs the passes of a gateway under test. */
export const METRICS_TOKEN = 'a-long-random-text'

/** What a call names: parts of its path, its query, its body. */
export interface Naming {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
}

const inConversation = ({ sessionKey }: Things): Naming => ({ params: { key: sessionKey } })
const ofReply = ({ generationId }: Things): Naming => ({ params: { id: generationId } })

/** How operations name things whose paths begin so, where no line below says more. */
const BY_PATH: Readonly<Record<string, (things: Things) => Naming>> = {
  '/api/conversations/{key}': inConversation,
  '/api/generations/{id}': ofReply,
  '/auth/v1/factors/{id}': ({ factorId }) => ({ params: { id: factorId } }),
  '/health/probe/{token}': () => ({
    params: { token: streamPasses(METRICS_TOKEN, release()).make(new Date()).token },
  }),
  '/maintenance/{token}': () => ({ params: { token: `hxm_0.${'x'.repeat(43)}` } }),
  '/docs/{page}': () => ({ params: { page: 'audit' } }),
  '/api/sessions/': ({ signedInId }) => ({ params: { id: signedInId } }),
  '/api/tokens/': ({ tokenId }) => ({ params: { id: tokenId } }),
}

/**
 * How operations that take ids name things, by operationId, where their path alone does not say it. One that takes
 * none needs no line: it is asked as it is, and must show and change nothing of another person's.
 */
const BY_ID: Readonly<Record<string, (things: Things) => Naming>> = {
  sendMessage: ({ sessionKey }) => ({ body: { message: 'Hello', sessionKey } }),
  editMessage: ({ sessionKey, userMessageId }) => ({
    params: { key: sessionKey },
    body: { messageId: userMessageId, message: 'Hello again' },
  }),
  regenerateReply: ({ sessionKey, replyId }) => ({
    params: { key: sessionKey },
    body: { messageId: replyId },
  }),
  changeConversation: ({ sessionKey, replyId }) => ({
    params: { key: sessionKey },
    body: { activeMessageId: replyId },
  }),
  listMessages: ({ sessionKey, replyId }) => ({ params: { key: sessionKey }, query: { around: replyId } }),
  listFeedback: ({ sessionKey }) => ({ query: { sessionKey } }),
  giveFeedback: ({ replyId }) => ({ body: { messageId: replyId, rating: 'down', comment: 'not this' } }),
  searchMessages: () => ({ query: { q: 'word' } }),
  verifyFactor: ({ factorId, challengeId }) => ({
    params: { id: factorId },
    body: { challenge_id: challengeId, code: '123456' },
  }),
}

/** How an operation names things; undefined where nobody has said it. */
export function namingOf(operation: Operation): ((things: Things) => Naming) | undefined {
  const prefix = Object.keys(BY_PATH).find((one) => operation.path.startsWith(one)) ?? ''
  return BY_ID[operation.id] ?? (takesIdBesideThePath(operation) ? undefined : BY_PATH[prefix])
}

/** Lines that name no operation there is. */
export function namingsOfNothing(operations: readonly Operation[]): string[] {
  const known = new Set(operations.map(({ id }) => id))
  return Object.keys(BY_ID).filter((id) => !known.has(id))
}

/** Whether an operation takes an id of anything: in its path, its query or its body. */
export function takesId(operation: Operation): boolean {
  return operation.path.includes('{') || takesIdBesideThePath(operation)
}

function takesIdBesideThePath({ query, body }: Operation): boolean {
  const components = createComponents()
  // The cursor of a list names nothing: it leads on within what is the caller's.
  const asked = [query?.omit(query.shape.before ? { before: true } : {}), body]
  const inputs = asked.map((schema) => schema && components.schema(schema, 'input'))
  return JSON.stringify([inputs, components.schemas()]).includes('"format":"uuid"')
}

/** Operations that make what they are asked for by an id nobody has, so that only another's id can be refused. */
export const MAKES_UNKNOWN: ReadonlySet<string> = new Set(['sendMessage'])
