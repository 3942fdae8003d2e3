import type { ZodObject, ZodType } from 'zod'

/**
 * Who may ask: anyone, a signed-in person, the creator, whoever has the project's service key, whoever may open the
 * owner's private socket (elsewhere the route does not exist), or whoever has the token of the metrics.
 */
type Access = 'public' | 'person' | 'creator' | 'service' | 'owner' | 'metrics'

/** What a personal access token must have been given before it may ask; `session` is open to no such token. */
export type Scope = 'read' | 'chat' | 'account' | 'session'

/** One kind of event of a stream: when it comes, and its data. */
export interface StreamEvent {
  description: string
  data: ZodType
}

/** One answer of a route: its status, what it means, and its body where it has one. */
export interface Answer {
  description: string
  schema?: ZodType
  /** Media type of the body; `application/json` where there is a schema. */
  type?: string
  /** The events of the answer as `text/event-stream`, by name; beside `schema` for a caller that accepts streams. */
  events?: Readonly<Record<string, StreamEvent>>
  /** Headers worth knowing, by name, and what each says. */
  headers?: Readonly<Record<string, string>>
  /** A body as it may come, where that says more than its schema. */
  example?: unknown
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
  /** What the summary cannot say: promises, limits, what to do next. Plain text; a blank line parts paragraphs. */
  description?: string
  /** The noun it belongs to, a heading of the reference. */
  tag: string
  access: Access
  /** For `access: 'person'` and `'creator'`. */
  scope?: Scope
  /** Parts of the path; without it each is a UUID. */
  params?: ZodObject
  /** Request headers beside the usual ones. */
  headers?: ZodObject
  query?: ZodObject
  body?: ZodType
  /** Whether the body may be left out. */
  bodyOptional?: boolean
  /** Media type of the body; `application/json` unless told. */
  bodyType?: string
  /** A body the route would take, for the reference's curl call. */
  example?: unknown
  /** Successes by status; problems are added by access, input and `failures`. */
  answers: Record<number, Answer>
  /** Codes of src/errors.ts that this route in particular can answer with; under /auth/v1 those of GoTrue. */
  failures?: readonly string[]
}
