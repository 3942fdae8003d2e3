import { z } from 'zod'
import type { Operation } from '../../../src/contract/operation.ts'
import { ID, JUNK } from '../asking.ts'

/** One request no client of ours would make, and what is odd about it. */
export interface Odd {
  what: string
  path: string
  body?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
}

const DEPTH = 100_000
const JSON_TYPE = { 'content-type': 'application/json' }

/** What is put where a field of a body is expected. */
const VALUES: Record<string, string> = {
  null: 'null',
  'a number': '-1.5',
  'a number past all numbers': '1e999',
  true: 'true',
  'an empty text': '""',
  'a list': '[]',
  'a list of lists': '[[["x"]]]',
  'an object': '{"toString":"x","then":1}',
  'a prototype': '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
  'a NUL': '"\\u0000"',
  'a lone surrogate': '"\\ud800"',
  'text right to left': '"\\u202e\\u2066שלום\\ufeff"',
  'an id of nobody': `"${ID}"`,
  'an id that is none': '"00000000-0000-0000-0000-00000000000g"',
  'a statement': `"'; drop table users; --"`,
  'a path': '"../../../../etc/passwd"',
  'an operator': '{"$gt":""}',
  'a long text': `"${'界'.repeat(60_000)}"`,
  'a date past all dates': '"+275760-09-13T00:00:00.001Z"',
  'a very deep value': '['.repeat(DEPTH) + ']'.repeat(DEPTH),
}

/** Whole bodies that are not what any route takes. */
const BODIES: Record<string, string | Uint8Array<ArrayBuffer>> = {
  nothing: '',
  'an unfinished object': '{"a":',
  'no JSON': 'message=Hello&a[b]=c',
  'JSON that is no object': '["x"]',
  'a bare null': 'null',
  'a byte order mark': '\ufeff{}',
  'bytes that are no UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'a very deep list': '['.repeat(DEPTH) + ']'.repeat(DEPTH),
  'very deep objects': `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  'half a million items': `[${'0,'.repeat(500_000)}0]`,
  'many members': `{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":1`)}}`,
  'a prototype as a key': '{"__proto__":{"admin":true},"constructor":1,"prototype":1}',
  'the same key twice': '{"message":"a","message":["b"],"email":"a@example.com","email":{}}',
  'three MiB': `{"message":"${'x'.repeat(3 * 1024 * 1024)}"}`,
}

const QUERY_VALUES = [
  '',
  '%00',
  '%ff%fe',
  '-1',
  '1e999',
  'null',
  '[object%20Object]',
  '{%22a%22:1}',
  'a'.repeat(3_000),
]
const QUERY_NAMES = [
  'limit',
  'before',
  'page',
  'per_page',
  'redirect_to',
  'grant_type',
  'type',
  'scope',
  '__proto__',
  'constructor',
]

/** All odd requests for one route. */
export function oddRequests(operation: Operation): Odd[] {
  return [...oddPaths(operation), ...oddQueries(operation), ...oddBodies(operation), ...oddTypes(operation)]
}

function oddPaths(operation: Operation): Odd[] {
  const path = pathOf(operation)
  const ends = ['/', '//', '/..', '/%2e%2e', '.json', '%00', ';a=b'].map((end) => ({
    what: `path and ${end}`,
    path: path + end,
  }))
  if (!operation.path.includes('{')) return ends
  const junk = JUNK.map((one) => encodeURI(one).replaceAll('%25', '%'))
  return [...ends, ...junk.map((id) => ({ what: `id ${id.slice(0, 40)}`, path: pathOf(operation, id) }))]
}

function oddQueries(operation: Operation): Odd[] {
  const path = pathOf(operation)
  const names = [...Object.keys(operation.query?.shape ?? {}), ...QUERY_NAMES]
  const sent = operation.body ? { body: JSON.stringify(operation.example ?? {}), headers: JSON_TYPE } : {}
  const odd = names.flatMap((name) => [
    ...QUERY_VALUES.map((value) => ({
      what: `${name}=${value.slice(0, 20)}`,
      path: `${path}?${name}=${value}`,
    })),
    { what: `${name} twice`, path: `${path}?${name}=1&${name}=2` },
    { what: `${name} as a list`, path: `${path}?${name}[]=1&${name}[a]=2&${name}[__proto__][b]=3` },
  ])
  return odd.map((one) => ({ ...one, ...sent }))
}

function oddBodies(operation: Operation): Odd[] {
  if (operation.method === 'get') return []
  const path = pathOf(operation)
  const whole = Object.entries(BODIES).map(([what, body]) => ({ what, path, body, headers: JSON_TYPE }))
  const example = (operation.example ?? {}) as Record<string, unknown>
  const fields = [...new Set([...fieldsOf(operation), ...Object.keys(example)])]
  const single = fields.flatMap((field) =>
    Object.entries(VALUES).map(([what, value]) => ({
      what: `${field}: ${what}`,
      path,
      body: withField(example, field, value),
      headers: JSON_TYPE,
    })),
  )
  return [...whole, ...single]
}

/** A body that is right but for one field. */
function withField({ ...rest }: Record<string, unknown>, field: string, value: string): string {
  delete rest[field]
  const members = Object.entries(rest).map(
    ([name, kept]) => `${JSON.stringify(name)}:${JSON.stringify(kept)}`,
  )
  return `{${[...members, `${JSON.stringify(field)}:${value}`]}}`
}

function oddTypes(operation: Operation): Odd[] {
  if (operation.method === 'get') return []
  const types = [
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-7',
    'a'.repeat(5_000),
  ]
  return types.map((type) => ({
    what: `said to be ${type.slice(0, 40)}`,
    path: pathOf(operation),
    body: JSON.stringify(operation.example ?? {}),
    headers: { 'content-type': type },
  }))
}

function pathOf({ path }: Operation, id = ID): string {
  return path.replaceAll(/\{\w+\}/g, id)
}

function fieldsOf({ body }: Operation): string[] {
  if (!body) return ['data', 'email', 'password']
  const { properties, anyOf = [] } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
  const alternatives = anyOf.flatMap((one) =>
    typeof one === 'object' ? Object.keys(one.properties ?? {}) : [],
  )
  return [...Object.keys(properties ?? {}), ...alternatives]
}
