import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf } from '../support/operations.ts'
import { expectProblem } from '../support/problems.ts'

const FOREIGN = 'https://evil.example'
const EXPOSED =
  'RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Total-Count, Link, X-Supabase-Api-Version, X-SB-Error-Code'
const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'

describe('for a browser, the gateway', () => {
  let gateway: TestGateway
  let visitor: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({
      engine: 'pglite',
      settings: {
        domains: { web: 'helix.example.com', admin: 'Admin.example.com' },
        web: { origins: ['http://localhost:5173', 'HTTPS://Page.Example:443', 'capacitor://localhost'] },
        trustedProxies: ['127.0.0.1'],
      },
    })
    visitor = await gateway.signUp()
  })
  afterAll(() => gateway.close())

  const ALLOWED = [
    'https://helix.example.com',
    'https://admin.example.com',
    'http://localhost:5173',
    'https://page.example',
    'capacitor://localhost',
    'tauri://localhost',
    'http://tauri.localhost',
  ]
  const STRANGE = [
    FOREIGN,
    'null',
    '*',
    '',
    'http://helix.example.com',
    'https://helix.example.com:8443',
    'https://helix.example.com.evil.example',
    'https://evil-helix.example.com',
    'https://tauri.localhost',
    'http://localhost:5174',
    'https://status.helix.example.com',
  ]
  const cors = (answer: Response) =>
    [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))

  it('lets pages of the allowed origins read every answer, refusals too, and never with credentials', async () => {
    for (const origin of [...ALLOWED, gateway.url]) {
      for (const path of ['/health', '/config.json', '/auth/v1/settings', '/api/profile', '/nothing']) {
        const answer = await fetch(gateway.url + path, { headers: { origin } })
        expect(answer.headers.get('access-control-allow-origin'), `${origin} ${path}`).toBe(origin)
        expect(answer.headers.get('access-control-expose-headers')).toBe(EXPOSED)
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
        expect(answer.headers.get('vary')).toMatch(/\borigin\b/i)
        await answer.body?.cancel()
      }
    }
  })

  it('tells pages of any other origin nothing', async () => {
    for (const origin of STRANGE) {
      for (const path of ['/health', '/config.json', '/auth/v1/settings', '/nothing']) {
        const answer = await fetch(gateway.url + path, { headers: { origin } })
        expect(cors(answer), `${origin} ${path}`).toEqual([])
        expect(answer.headers.get('vary')).toMatch(/\borigin\b/i)
        await answer.body?.cancel()
      }
    }
  })

  it('answers the preflight of every route, without a token', async () => {
    for (const operation of operations) {
      const path = operation.path.replaceAll(/\{\w+\}/g, ID)
      const ask = (origin: string) =>
        fetch(gateway.url + path, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': operation.method.toUpperCase(),
            'access-control-request-headers': 'authorization,content-type',
          },
        })
      const answer = await ask('tauri://localhost')
      expect(answer.status, nameOf(operation)).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe('tauri://localhost')
      expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toContain(
        operation.method.toUpperCase(),
      )
      expect(answer.headers.get('access-control-max-age')).toBe('7200')
      expect(cors(await ask(FOREIGN)), nameOf(operation)).toEqual([])
    }
  })

  it('allows every header an unmodified supabase-js sends', async () => {
    const sent = new Set<string>()
    const supabase = createClient(gateway.url, 'anon', {
      auth: { persistSession: false, autoRefreshToken: false },
      global: {
        fetch: (input, init) => {
          for (const name of new Headers(init?.headers).keys()) sent.add(name)
          return fetch(input, init)
        },
      },
    })
    const email = `browser-${process.pid}@example.com`
    await supabase.auth.signUp({ email, password: 'correct horse battery' })
    await supabase.auth.getUser()
    await supabase.auth.signOut()
    expect([...sent].sort()).toEqual(expect.arrayContaining(['apikey', 'authorization', 'x-client-info']))
    const answer = await fetch(`${gateway.url}/auth/v1/token`, {
      method: 'OPTIONS',
      headers: { origin: 'tauri://localhost', 'access-control-request-method': 'POST' },
    })
    const allowed = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(', ')
    expect(allowed).toEqual(expect.arrayContaining([...sent]))
  })

  it('refuses what a foreign page can send without a preflight, before any route sees it', async () => {
    const before = await count(gateway)
    const email = `victim-${process.pid}@example.com`
    const body = JSON.stringify({ email, password: 'correct horse battery' })
    const browser = { origin: FOREIGN, 'content-type': 'text/plain' }
    for (const headers of [
      browser,
      { ...browser, 'sec-fetch-site': 'cross-site' },
      { ...browser, 'sec-fetch-site': 'same-site' },
      { ...browser, origin: 'null' },
      { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' },
    ]) {
      for (const path of ['/auth/v1/signup', '/auth/v1/token?grant_type=password', '/api/chat/message']) {
        const answer = await fetch(gateway.url + path, { method: 'POST', headers, body })
        expect(cors(answer)).toEqual([])
        expect(await expectProblem(answer, path)).toBe('forbidden')
      }
    }
    expect(await count(gateway)).toBe(before)
  })

  it('takes the same from its own page, and from what is no browser', async () => {
    const { host } = new URL(gateway.url)
    const sendings: Record<string, string>[] = [
      { origin: gateway.url },
      { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
      { origin: 'https://behind.a.proxy.example', 'sec-fetch-site': 'same-origin' },
      { origin: 'tauri://localhost', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      {},
    ]
    for (const headers of sendings) {
      const answer = await fetch(`${gateway.url}/auth/v1/token?grant_type=password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ email: 'nobody@example.com', password: 'correct horse battery' }),
      })
      expect(answer.status, JSON.stringify(headers)).toBe(400)
    }
    const answer = await visitor.request('/api/chat/message', {
      method: 'POST',
      headers: { origin: FOREIGN },
      body: { message: 'A token counts, wherever the request is from' },
    })
    expect(answer.status).toBe(200)
    expect(cors(answer)).toEqual([])
  })

  it('sends headers that keep answers from being sniffed, framed, cached or run', async () => {
    for (const path of ['/health', '/nothing', '/auth/v1/settings', '/api/profile', '/']) {
      const answer = await fetch(gateway.url + path)
      const { headers } = answer
      expect(headers.get('x-content-type-options'), path).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/)
      expect(headers.get('cache-control')).toMatch(/^no-(store|cache)$/)
      expect(headers.get('strict-transport-security')).toBeNull()
      const page = headers.get('content-type')?.startsWith('text/html')
      expect(headers.get('cross-origin-opener-policy')).toBe(page ? 'same-origin' : null)
      await answer.body?.cancel()
    }
  })

  it('asks for https from then on once a trusted proxy says that the caller came by it', async () => {
    const secure = await fetch(`${gateway.url}/health`, { headers: { 'x-forwarded-proto': 'https' } })
    expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000')
    const plain = await fetch(`${gateway.url}/health`, { headers: { 'x-forwarded-proto': 'http' } })
    expect(plain.headers.get('strict-transport-security')).toBeNull()
  })

  it('tells proxies to hand streams on as they come', async () => {
    const answer = await visitor.request('/api/chat/message', {
      method: 'POST',
      accept: 'text/event-stream',
      body: { message: 'Hello' },
      headers: { origin: 'tauri://localhost' },
    })
    expect(answer.headers.get('x-accel-buffering')).toBe('no')
    expect(answer.headers.get('access-control-allow-origin')).toBe('tauri://localhost')
    await answer.text()
  })
})

async function count({ db }: TestGateway): Promise<unknown> {
  const [row] = await db.query(
    'select (select count(*) from auth.users) || $1 || (select count(*) from public.session_messages) as stored',
    [' people, messages: '],
  )
  return row?.stored
}
