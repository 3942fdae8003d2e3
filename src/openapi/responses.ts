import type { ZodType } from 'zod'
import type { Answer, Operation } from '../contract/operation.ts'
import { Problem } from '../contract/problem.ts'
import type { Components, JsonSchema } from './components.ts'
import { failuresByStatus, speaksGotrue } from './problems.ts'

const EVENT_STREAM = 'text/event-stream'

/** One response as OpenAPI describes it. */
export interface Response {
  description: string
  headers?: JsonSchema
  content?: Record<string, JsonSchema>
}

/** Everything an operation can answer, by status: its successes and its failures. */
export function responsesOf(operation: Operation, components: Components): Record<string, Response> {
  const successes = Object.entries(operation.answers).map(
    ([status, answer]) => [status, success(answer, operation, components)] as const,
  )
  const taken = new Set(Object.keys(operation.answers))
  const failures = failuresByStatus(operation)
    .filter(([status]) => !taken.has(String(status)))
    .map(([status, codes]) => [String(status), failure(status, codes, operation, components)] as const)
  return Object.fromEntries([...successes, ...failures])
}

function success(answer: Answer, operation: Operation, components: Components): Response {
  const content = contentOf(answer, components)
  return {
    description: answer.description,
    headers: { ...standing(operation), ...described(answer.headers ?? {}) },
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

function contentOf({ schema, type, events, example }: Answer, components: Components) {
  const content: Record<string, JsonSchema> = {}
  if (schema) {
    content[type ?? 'application/json'] = {
      schema: components.schema(schema, 'output'),
      ...(example === undefined ? {} : { example }),
    }
  } else if (type && type !== EVENT_STREAM) content[type] = { schema: { type: 'string' } }
  if (events) content[EVENT_STREAM] = stream(events, components)
  return content
}

/** OpenAPI 3.1 knows no streams; `x-event-schema` says what 3.2 has in `itemSchema`. */
function stream(events: NonNullable<Answer['events']>, components: Components): JsonSchema {
  const kinds = Object.entries(events).map(([name, { description, data }]) => ({
    type: 'object',
    description,
    required: ['event', 'data'],
    properties: {
      event: { const: name },
      id: { type: 'string', description: 'The number of the event; absent where it has none.' },
      data: { contentMediaType: 'application/json', contentSchema: components.schema(data, 'output') },
    },
  }))
  const told = Object.entries(events).map(([name, { description }]) => `\`${name}\`: ${description}`)
  return {
    schema: { type: 'string', description: `Server-sent events. ${told.join(' ')}` },
    'x-event-schema': { oneOf: kinds },
  }
}

function failure(
  status: number,
  codes: readonly string[],
  operation: Operation,
  components: Components,
): Response {
  const gotrue = speaksGotrue(operation)
  const shape = gotrue ? GOTRUE_FAILURE : named(Problem, components)
  const name = gotrue ? 'error_code' : 'code'
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: {
      ...standing(operation),
      ...(waits(status) ? RETRY_AFTER : {}),
      ...(status === 401 ? CHALLENGE : {}),
    },
    content: {
      [gotrue ? 'application/json' : 'application/problem+json']: {
        schema: { allOf: [shape, { properties: { [name]: { enum: codes } } }] },
      },
    },
  }
}

function named(schema: ZodType, components: Components): JsonSchema {
  return components.schema(schema, 'output')
}

const GOTRUE_FAILURE = { $ref: '#/components/schemas/SignInFailure' }
const header = (name: string) => ({ [name]: { $ref: `#/components/headers/${name}` } })
const REQUEST_ID = header('X-Request-Id')
const RETRY_AFTER = header('Retry-After')
const CHALLENGE = header('WWW-Authenticate')
const LIMITS = { ...header('RateLimit'), ...header('RateLimit-Policy') }

/** The headers every answer of this kind of route has. */
function standing({ path }: Operation): JsonSchema {
  return /^\/(api|auth\/v1)\//.test(path) ? { ...REQUEST_ID, ...LIMITS } : REQUEST_ID
}

const waits = (status: number) => status === 429 || status === 503

function described(headers: Readonly<Record<string, string>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )
}
