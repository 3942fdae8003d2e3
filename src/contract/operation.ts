import type { ZodObject, ZodType } from 'zod'

/** Who may ask: anyone, a signed-in person, the creator, the project's service key, or the owner's private socket. */
export type Access = 'public' | 'person' | 'creator' | 'service' | 'owner'

/** What a personal access token must have been given before it may ask; `session` is open to no such token. */
export type Scope = 'read' | 'chat' | 'account' | 'session'

/** One answer of a route: its status, what it means, and its body where it has one. */
export interface Answer {
  description: string
  schema?: ZodType
  /** Media type of the body; `application/json` where there is a schema. */
  type?: string
}

/**
 * One route, described once: the reference and `openapi.json` are made from it, and tests hold the gateway to it.
 * Paths are written as OpenAPI does, `/api/conversations/{key}`.
 */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  /** A name clients can generate a method from: `listConversations`. */
  id: string
  /** One line. */
  summary: string
  /** What the summary cannot say: promises, limits, what to do next. */
  description?: string
  /** The noun it belongs to, a heading of the reference. */
  tag: string
  access: Access
  /** For `access: 'person'`. */
  scope?: Scope
  query?: ZodObject
  body?: ZodType
  /** Successes by status; problems are added by access and by `failures`. */
  answers: Record<number, Answer>
  /** Codes of src/errors.ts that this route in particular can answer with. */
  failures?: readonly string[]
}
