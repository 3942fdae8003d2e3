import { z } from 'zod'
import type { Operation } from '../../src/contract/operation.ts'

/** Ids in examples stand for one of the reader's own; the call has a variable there. */
const EXAMPLE_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const TOKENS: Readonly<Record<Operation['access'], string | null>> = {
  public: null,
  person: 'TOKEN',
  creator: 'TOKEN',
  service: 'SERVICE_KEY',
  metrics: 'HELIX_METRICS_TOKEN',
  owner: null,
}

/** A call that can be pasted, with what stands in variables set before: `HELIX`, `TOKEN`, `KEY`, `ID`. */
export function curl(operation: Operation, accept?: string): string {
  const { method, path, body, example, bodyType = 'application/json', access } = operation
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`) + search(operation)
  const token = TOKENS[access]
  return [
    `curl -s${accept ? 'N' : ''}${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$HELIX${url}"`,
    ...(access === 'owner' ? ['--unix-socket "$SOCKET"'] : []),
    ...(token ? [`-H "Authorization: Bearer $${token}"`] : []),
    ...(accept ? [`-H 'Accept: ${accept}'`] : []),
    ...(body ? [`-H 'Content-Type: ${bodyType}'`, `-d ${quoted(JSON.stringify(example ?? {}))}`] : []),
  ].join(' \\\n  ')
}

/** The query parameters a call cannot do without, each with some value it takes. */
function search({ query }: Operation): string {
  if (!query) return ''
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  const needed = required.map((name) => {
    if (name === 'sessionKey') return `${name}=$KEY`
    const schema = Object(properties[name])
    return `${name}=${encodeURIComponent(schema.enum?.[0] ?? schema.minimum ?? 'hello')}`
  })
  return needed.length > 0 ? `?${needed.join('&')}` : ''
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll(EXAMPLE_ID, `'"$MESSAGE"'`)}'`
}
