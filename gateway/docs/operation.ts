import { html } from 'hono/html'
import type { Operation } from '../../src/contract/operation.ts'
import type { JsonSchema } from '../../src/openapi/components.ts'
import type { OpenApi } from '../../src/openapi/document.ts'
import { failuresByStatus, speaksGotrue } from '../../src/openapi/problems.ts'
import { curl } from './curl.ts'
import { fieldsOf, fieldTable } from './fields.ts'
import type { Html } from './page.ts'
import { paragraphs, path, prose } from './prose.ts'
import { typeOf } from './types.ts'

const EVENT_STREAM = 'text/event-stream'

/** One route: what it does, what it needs, what it takes and answers, how it fails, and a call to paste. */
export function operationArticle(operation: Operation, document: OpenApi): Html {
  const { id, method, path: at, summary, description, answers } = operation
  const described = document.paths[at]?.[method]
  const body = described?.requestBody?.content
  return html`<article id="${id}">
<h3><span class="method ${method}">${method}</span><a href="#${id}">${path(at)}</a></h3>
<p class="summary">${prose(summary)}</p>
${description ? paragraphs(description) : ''}<p class="need">${need(operation)}</p>
${parameters(described?.parameters ?? [])}
${body ? html`<h4>Body</h4>\n${shape(Object.values(body)[0]?.schema, document)}` : ''}
<h4>Answers</h4>
${Object.entries(described?.responses ?? {})
  .filter(([status]) => Number(status) in answers)
  .map(([status, { description: what, content = {} }]) => answer(status, what, content))}
${events(operation, document)}
${problems(operation)}
${calls(operation)}
</article>\n` as Html
}

function need({ access, scope }: Operation): string | Html {
  if (access === 'public') return 'Anyone may ask.'
  if (access === 'owner') return 'Over the private socket only; elsewhere it does not exist.'
  if (access === 'creator') return 'The creator’s token.'
  if (access === 'service') return 'The service key.'
  if (access === 'metrics') return 'The metrics token.'
  if (scope === undefined) return 'A person’s token.'
  if (scope === 'session') return 'A person’s access token; no personal access token will do.'
  return html`A person’s token; a personal access token needs the scope <code>${scope}</code>.` as Html
}

function parameters(
  given: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[],
) {
  return ['path', 'header', 'query'].map((place) => {
    const here = given.filter((one) => one.in === place)
    if (here.length === 0) return ''
    const rows = here.map(({ required, ...rest }) => ({ ...rest, optional: !required }))
    return html`<h4>${HEADS[place]}</h4>\n${fieldTable(rows, 'name')}`
  })
}

const HEADS: Readonly<Record<string, string>> = { path: 'In the path', header: 'Headers', query: 'Query' }

function shape(schema: unknown, { components }: OpenApi) {
  const given = (schema ?? {}) as JsonSchema
  const name = typeof given.$ref === 'string' ? (given.$ref.split('/').at(-1) ?? '') : ''
  const fields = fieldsOf(components.schemas[name] ?? given)
  return fields.length > 0 ? fieldTable(fields) : html`<p>${typeOf(given)}</p>`
}

function answer(status: string, what: string, content: Record<string, JsonSchema>) {
  const forms = Object.entries(content).map(([type, { schema }]) =>
    type === 'application/json' ? typeOf(schema as JsonSchema) : html`<code>${type}</code>`,
  )
  const form = forms.map((one, place) => html`${place > 0 ? ' or ' : ''}${one}`)
  return html`<p><code>${status}</code> ${forms.length > 0 ? html`${form}. ` : ''}${prose(what)}</p>\n`
}

function events({ answers }: Operation, document: OpenApi) {
  return Object.values(answers)
    .filter((one) => one.events)
    .map(({ events: kinds = {} }) => {
      const rows = Object.entries(kinds).map(([name, { description, data }]) => ({
        name,
        optional: false,
        description,
        schema: { $ref: `#/components/schemas/${data.meta()?.id ?? ''}` },
        known: Object.hasOwn(document.components.schemas, data.meta()?.id ?? ''),
      }))
      const shown = rows.map(({ known, ...row }) => (known ? row : { ...row, schema: { type: 'object' } }))
      return html`<h4>Events <small>of the stream</small></h4>\n${fieldTable(shown, 'event')}`
    })
}

function problems(operation: Operation) {
  const failures = failuresByStatus(operation)
  if (failures.length === 0) return ''
  const name = (code: string) =>
    speaksGotrue(operation)
      ? html`<code>${code}</code>`
      : html`<a href="/docs/troubleshooting#${code}"><code>${code}</code></a>`
  return html`<h4>Failures</h4>
<table class="failures"><tbody>
${failures.map(
  ([status, codes]) =>
    html`<tr><td><code>${status}</code></td><td>${codes.map((code, place) => html`${place > 0 ? ', ' : ''}${name(code)}`)}</td></tr>\n`,
)}</tbody></table>`
}

function calls(operation: Operation) {
  const contents = Object.values(operation.answers)
  const streams = contents.some((one) => one.events)
  const plain = contents.some((one) => one.schema) || !streams
  return html`<h4>With curl</h4>
${plain ? html`<pre><code>${curl(operation)}</code></pre>` : ''}
${streams ? html`<pre><code>${curl(operation, EVENT_STREAM)}</code></pre>` : ''}`
}
