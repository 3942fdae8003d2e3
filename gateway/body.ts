import type { Context } from 'hono'
import type { ZodError, ZodType } from 'zod'
import { parseUntrusted } from '../src/contract/untrusted-json.ts'
import { HelixError } from '../src/errors.ts'
import type { GatewayEnv } from './env.ts'

/**
 * The request's JSON body, as `schema` has it.
 * @throws HelixError `unsupported_media_type`, `request_invalid` naming every field that is wrong
 */
export async function jsonBody<T>(c: Context<GatewayEnv>, schema: ZodType<T>): Promise<T> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw new HelixError('unsupported_media_type', `Content-Type is "${type.slice(0, 100)}"`, {
      hint: 'Send JSON with Content-Type: application/json.',
    })
  }
  return checked(schema, parseUntrusted(await c.req.text().catch(cutOff)))
}

/** A body that ended before it was whole, because its sender went away: no fault of ours. */
export function cutOff(cause: unknown): never {
  throw new HelixError('request_invalid', 'The body was cut off', {
    hint: 'Send the request again, with a body as long as it says.',
    cause,
  })
}

/** Query parameters as `schema` has them; a parameter given twice is refused. */
export function queryOf<T>(c: Context<GatewayEnv>, schema: ZodType<T>): T {
  const given = Object.entries(c.req.queries())
  const twice = given.find(([, values]) => values.length > 1)
  if (twice) throw invalid(`"${twice[0].slice(0, 100)}" is given ${twice[1].length} times`)
  return checked(schema, Object.fromEntries(given.map(([name, values]) => [name, values[0]])))
}

function checked<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw invalid(describe(result.error), undefined, result.error)
}

function invalid(message: string, cause?: unknown, { issues = [] }: Partial<ZodError> = {}): HelixError {
  return new HelixError('request_invalid', message, {
    hint: 'See docs/api.md for what this route takes.',
    cause,
    ...(issues.length > 0 ? { details: { issues: issues.slice(0, 20).map(toIssue) } } : {}),
  })
}

function describe({ issues }: ZodError): string {
  return issues
    .slice(0, 5)
    .map(toIssue)
    .map(({ path, problem }) => (path ? `${path}: ${problem}` : problem))
    .join('; ')
}

function toIssue({ path, message }: ZodError['issues'][number]) {
  return { path: path.map(String).join('.').slice(0, 200), problem: message.slice(0, 300) }
}
