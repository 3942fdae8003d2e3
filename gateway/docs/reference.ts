import { html } from 'hono/html'
import type { Operation } from '../../src/contract/operation.ts'
import type { OpenApi } from '../../src/openapi/document.ts'
import { fieldsOf, fieldTable } from './fields.ts'
import { operationArticle } from './operation.ts'
import { type ContentsEntry, type Html, page } from './page.ts'
import { path, prose } from './prose.ts'
import { schemaAnchor, typeOf } from './types.ts'

interface Reference {
  operations: readonly Operation[]
  document: OpenApi
  /** Where the gateway is, as the calls to paste have it. */
  origin: string
}

/** The reference as a page: every route of the operations, then every named shape. */
export function referencePage({ operations, document, origin }: Reference): string {
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const schemas = Object.entries(document.components.schemas)
  return page({
    title: 'API reference',
    current: '/docs/api',
    contents: contentsOf(operations, tags),
    body: html`${introduction(origin)}
${tags.map(
  (tag) => html`<h2 id="${slug(tag)}">${tag}</h2>
${operations.filter((one) => one.tag === tag).map((operation) => operationArticle(operation, document))}`,
)}
<h2 id="schemas">Shapes</h2>
${schemas.map(([name, schema]) => {
  const fields = fieldsOf(schema)
  return html`<section id="${schemaAnchor(name)}"><h3>${name}</h3>
${typeof schema.description === 'string' ? html`<p>${prose(schema.description)}</p>` : ''}
${fields.length > 0 ? fieldTable(fields) : html`<p>${typeOf(schema)}</p>`}</section>\n`
})}` as Html,
  })
}

function contentsOf(operations: readonly Operation[], tags: readonly string[]): ContentsEntry[] {
  return [
    { href: '#content', label: 'Before you begin', part: true },
    ...tags.flatMap((tag) => [
      { href: `#${slug(tag)}`, label: tag, part: true },
      ...operations
        .filter((one) => one.tag === tag)
        .map(({ id, method, path: at }) => ({
          href: `#${id}`,
          label:
            html`<span class="route"><span class="method ${method}">${method}</span><span>${path(at)}</span></span>` as Html,
        })),
    ]),
    { href: '#schemas', label: 'Shapes', part: true },
  ]
}

const slug = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

function introduction(origin: string) {
  return html`<h1>API reference</h1>
<p>JSON in camelCase, UTF-8. Another person’s things are answered as if they were not there. <a href="/docs/http">The HTTP interface</a> tells what holds for all routes; <a href="/openapi.json">openapi.json</a> is this page for programs.</p>
<h4>What the calls below need</h4>
<pre><code>HELIX=${origin}
TOKEN=$(npx helix login --print-token)</code></pre>
<p>Routes that are about one thing want its id in a variable. A conversation of yours, and its last reply:</p>
<pre><code>KEY=$(curl -s "$HELIX/api/conversations?limit=1" -H "Authorization: Bearer $TOKEN" \\
  | grep -o '"sessionKey":"[^"]*' | head -1 | cut -d '"' -f 4)
ID=$(curl -s "$HELIX/api/conversations/$KEY/messages" -H "Authorization: Bearer $TOKEN" \\
  | grep -o '"generationId":"[^"]*' | tail -1 | cut -d '"' -f 4)</code></pre>
<p>What else stands in a call as a variable is named after what it is. One in the path, such as <code>$FACTORID</code> or <code>$PAGE</code>, is the parameter of that name below the call: an id comes from the route that lists such things. <code>$MESSAGE</code> is the id of a message, from the messages of the conversation. <code>$SERVICE_KEY</code> is what <code>npx helix keys show service</code> prints, <code>$HELIX_METRICS_TOKEN</code> what is set under that name, and <code>$SOCKET</code> the <code>socket</code> in <code>run.json</code> of the data directory of a running <code>helix up</code>.</p>
<h4>When something is wrong</h4>
<p>A failure is <a href="#${schemaAnchor('Problem')}">Problem</a>, as <code>application/problem+json</code>. Its <code>type</code> is <code>urn:helix:</code> and its <code>code</code>; switch on the code. <a href="/docs/troubleshooting">Troubleshooting</a> says what each means and what to do. Every answer names its request in <code>X-Request-Id</code>; routes that are limited tell where you stand in <code>RateLimit</code> and <code>RateLimit-Policy</code>.</p>`
}
