import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import { FAILURE_CODES } from '../../src/errors.ts'
import { renderProblem } from '../problem.ts'
import { referenceRoutes } from '../routes/reference.ts'
import { guides } from './guides.ts'
import { renderMarkdown } from './markdown.ts'

const app = referenceRoutes({ operations, release: '1.2.3', origin: () => 'http://127.0.0.1:3000' })
app.onError(renderProblem(() => {}))
const addresses = ['/docs/api', ...[...guides().keys()].map((name) => `/docs/${name}`.replace(/\/$/, ''))]
const pages = new Map(
  await Promise.all(
    addresses.map(async (address) => {
      const answer = await app.request(address)
      return [address, { answer, text: await answer.text() }] as const
    }),
  ),
)
const reference = pages.get('/docs/api')?.text ?? ''
const anchorsOf = (text: string) => [...text.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id)

describe.each([...pages])('the page %s', (address, { answer, text }) => {
  it('loads nothing but its own style sheet, and says so to the browser', () => {
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).not.toMatch(/<(?:script|link|img|iframe|object|form)\b|\son\w+=|\sstyle=|javascript:/i)
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  it('has each anchor once, and links that lead somewhere', () => {
    const anchors = anchorsOf(text)
    expect(anchors.filter((id, place) => anchors.indexOf(id) !== place)).toEqual([])
    for (const [, href = ''] of text.matchAll(/ href="([^"]+)"/g)) {
      if (/^https?:/.test(href) || href === '/' || href === '/openapi.json') continue
      const [path = '', anchor] = href.split('#')
      const page = pages.get(path === '' ? address : path)
      expect(page, `${address} links to ${href}`).toBeDefined()
      if (anchor) expect(anchorsOf(page?.text ?? ''), `${address} links to ${href}`).toContain(anchor)
    }
  })
})

describe('the reference', () => {
  it('has every operation with its own anchor, in the text and in the table of contents', () => {
    const anchors = anchorsOf(reference)
    for (const { id } of operations) {
      expect(anchors).toContain(id)
      expect(reference).toContain(`<li><a href="#${id}">`)
    }
  })

  it('shows what was described as text, never as HTML', async () => {
    const [operation] = operations
    const hostile = {
      ...operation,
      summary: '<b>bold</b> & `<i>`',
      path: '/<u>',
    } as (typeof operations)[number]
    const shown = referenceRoutes({ operations: [hostile], release: '1', origin: () => '"><b>' })
    const text = await (await shown.request('/docs/api')).text()
    expect(text).toContain('&lt;b&gt;bold&lt;/b&gt; &amp; <code>&lt;i&gt;</code>')
    expect(text).not.toMatch(/<b>|<u>|<i>/)
  })
})

describe('troubleshooting', () => {
  it('has an anchor for every code, for the reference to link to', () => {
    const anchors = anchorsOf(pages.get('/docs/troubleshooting')?.text ?? '')
    expect(anchors).toEqual(expect.arrayContaining(FAILURE_CODES))
  })
})

describe('a guide', () => {
  it('is not missed where docs/ was left out of an installation', () => {
    expect(guides('/nowhere/at/all').size).toBe(0)
  })

  it('is not served under a name that is none', async () => {
    for (const name of [
      'nothing',
      'README',
      'api.md',
      '..%2fpackage.json',
      '__proto__',
      'constructor',
      '%00',
    ]) {
      const answer = await app.request(`/docs/${name}`)
      expect(answer.status, name).toBe(404)
    }
  })

  it('cannot bring HTML or a script of its own', () => {
    const text =
      '# A <b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](data:text/html,x) <img src=x>'
    const { html, title } = renderMarkdown(text, (href) => href)
    expect(title).toBe('A <b>')
    expect(html).not.toMatch(/<script|<img|<b>|href="(?:javascript|data)/)
  })

  it('keeps the text of a link that leads nowhere here', () => {
    const { html } = renderMarkdown('See [the code](../src/x.ts) and [more](b.md).', (href) =>
      href === 'b.md' ? '/docs/b' : undefined,
    )
    expect(html).toBe('<p>See the code and <a href="/docs/b">more</a>.</p>\n')
  })
})
