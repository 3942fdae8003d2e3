import { html } from 'hono/html'
import type { JsonSchema } from '../../src/openapi/components.ts'
import type { Html } from './page.ts'
import { prose } from './prose.ts'
import { isSchema, typeOf } from './types.ts'

/** One row: a name, whether it may be missing, what it is and what it means. */
export interface Field {
  name: string
  optional: boolean
  schema: JsonSchema
  description?: string | undefined
}

/** The members of an object, those of an object inside it under `outer.inner`. */
export function fieldsOf(schema: JsonSchema, prefix = ''): Field[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).flatMap(([name, member]) => {
    const { description, ...rest } = member
    const field: Field = {
      name: `${prefix}${name}`,
      optional: !required.includes(name),
      schema: rest,
      ...(typeof description === 'string' ? { description } : {}),
    }
    const { items } = member
    if (isSchema(member.properties)) return [field, ...fieldsOf(member, `${prefix}${name}.`)]
    if (isSchema(items) && isSchema(items.properties))
      return [field, ...fieldsOf(items, `${prefix}${name}[].`)]
    return [field]
  })
}

/** The rows as a table; on a phone each becomes a block. */
export function fieldTable(fields: readonly Field[], head = 'field'): Html {
  return html`<table class="fields"><thead><tr><th scope="col">${head}</th><th scope="col">type</th><th scope="col">what</th></tr></thead><tbody>
${fields.map(row)}</tbody></table>` as Html
}

function row({ name, optional, schema, description }: Field) {
  const standard =
    schema.default === undefined || schema.default === null
      ? ''
      : ` Default: \`${JSON.stringify(schema.default)}\`.`
  return html`<tr><td><code>${name}</code>${optional ? ' ' : ''}${optional ? html`<span class="need">optional</span>` : ''}</td><td>${typeOf(schema)}</td><td>${prose(`${description ?? ''}${standard}`.trim())}</td></tr>\n`
}
