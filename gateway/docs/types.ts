import { html, raw } from 'hono/html'
import type { JsonSchema } from '../../src/openapi/components.ts'
import type { Html } from './page.ts'

/** Where a named schema stands on the page. */
export const schemaAnchor = (name: string): string => `schema-${name}`

/** What a value is, in words: `integer, 1 to 200`, `array of Message`, `"ok" or "down"`. */
export function typeOf(schema: JsonSchema): Html {
  const { $ref, const: only, anyOf, oneOf, allOf, type } = schema
  if (typeof $ref === 'string') return link($ref)
  if (only !== undefined) return code(JSON.stringify(only))
  if (Array.isArray(schema.enum)) return among(schema.enum.map((value) => code(JSON.stringify(value))))
  const choices = anyOf ?? oneOf ?? allOf
  if (Array.isArray(choices)) return among(choices.map(typeOf))
  if (Array.isArray(type)) return among(type.map((one) => typeOf({ ...schema, type: one })))
  if (type === 'array') return join(['array of ', typeOf((schema.items ?? {}) as JsonSchema)])
  if (type === 'object' && isSchema(schema.additionalProperties) && !schema.properties)
    return join(['object of ', typeOf(schema.additionalProperties)])
  const format = typeof schema.format === 'string' ? (FORMATS[schema.format] ?? schema.format) : undefined
  return join([[format ?? (typeof type === 'string' ? type : 'anything'), ...limits(schema)].join(', ')])
}

function limits({ minimum, maximum, minLength, maxLength, pattern }: JsonSchema): string[] {
  const number = (value: unknown) => Number(value).toLocaleString('en')
  return [
    ...(minimum !== undefined && maximum !== undefined ? [`${number(minimum)} to ${number(maximum)}`] : []),
    ...(minimum !== undefined && maximum === undefined ? [`${number(minimum)} or more`] : []),
    ...(maximum !== undefined && minimum === undefined ? [`at most ${number(maximum)}`] : []),
    ...(minLength !== undefined && Number(minLength) > 1 ? [`at least ${number(minLength)} characters`] : []),
    ...(maxLength !== undefined ? [`at most ${number(maxLength)} characters`] : []),
    ...(typeof pattern === 'string' ? [`matching ${pattern}`] : []),
  ]
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  'date-time': 'date and time',
  uri: 'URL',
  email: 'mail address',
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function link(reference: string): Html {
  const name = reference.split('/').at(-1) ?? ''
  return html`<a href="#${schemaAnchor(name)}">${name}</a>` as Html
}

const code = (text: string): Html => html`<code>${text}</code>` as Html

function among(parts: Html[]): Html {
  return join(
    parts.flatMap((part, place) =>
      place === 0 ? [part] : [place === parts.length - 1 ? ' or ' : ', ', part],
    ),
  )
}

function join(parts: (string | Html)[]): Html {
  return html`${parts.map((part) => (typeof part === 'string' ? part : raw(part)))}` as Html
}
