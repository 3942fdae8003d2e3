import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'
import { type Route, routesOf } from '../support/routes.ts'

/** What anyone may ask; whatever is not in this list wants a token. */
const PUBLIC = [
  'GET /',
  'GET /health',
  'GET /health/live',
  'GET /health/ready',
  'GET /config.json',
  'POST /auth/v1/signup',
  'POST /auth/v1/token',
  'GET /auth/v1/verify',
  'GET /auth/v1/settings',
  'GET /auth/v1/health',
  'GET /auth/v1/.well-known/jwks.json',
]
/** What only the private socket has. */
const PRIVATE_SOCKET = ['POST /local/token']
/** What refuses in the words of GoTrue. */
const AS_GOTRUE = ['GET /auth/v1/user', 'POST /auth/v1/logout']

const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

describe('the routes there are', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let routes: Route[]
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    visitor = await gateway.signUp()
    routes = routesOf(gateway.running)
  })
  afterAll(() => gateway.close())

  const ask = ({ method, path }: Route, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path.replaceAll(/:\w+/g, ID), { method, headers, redirect: 'manual' })
  const name = ({ method, path }: Route) => `${method} ${path}`

  it('are public only when this list says so', async () => {
    const known = [...PUBLIC, ...PRIVATE_SOCKET, ...AS_GOTRUE]
    expect(routes.map(name)).toEqual(expect.arrayContaining(known))
    const guarded = routes.filter((route) => !known.includes(name(route)))
    expect(guarded.length).toBeGreaterThan(5)
    for (const route of guarded) {
      for (const authorization of ['', 'Basic eDp5', 'Bearer a.b.c']) {
        const answer = await ask(route, authorization === '' ? {} : { authorization })
        expect(answer.status, name(route)).toBe(401)
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="helix"/)
        expect(await expectProblem(answer, name(route))).toBe('unauthorized')
      }
    }
  })

  it('refuse in GoTrue’s words where GoTrue’s clients ask', async () => {
    for (const route of routes.filter((one) => AS_GOTRUE.includes(name(one)))) {
      const answer = await ask(route)
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ error_code: 'no_authorization' })
    }
  })

  it('do not have the private socket’s over TCP, whoever asks and however', async () => {
    for (const path of ['/local', '/local/', '/local/token', '/local/anything', '/LOCAL/token']) {
      for (const method of METHODS) {
        const headers = { 'x-forwarded-for': '127.0.0.1', owner: 'true' }
        expect(await expectProblem(await visitor.request(path, { method, headers }), path)).toBe('not_found')
      }
    }
  })

  it('are all: another path or method is a problem too, never a page or a silent success', async () => {
    const registered = new Set(routes.map(name))
    for (const path of new Set(routes.map((route) => route.path))) {
      if (path.startsWith('/auth/') || path.startsWith('/local/')) continue
      const here = METHODS.filter((method) => registered.has(`${method} ${path}`))
      for (const method of METHODS.filter((one) => !here.includes(one))) {
        const answer = await visitor.request(path.replaceAll(/:\w+/g, ID), { method })
        expect(await expectProblem(answer, `${method} ${path}`)).toBe('method_not_allowed')
        expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(here))
      }
    }
    for (const path of [
      '/nothing',
      '/api',
      '/api/',
      '/api/nothing',
      '/health/',
      '/API/conversations',
      '//api',
      '/%2e%2e/etc',
    ]) {
      expect(await expectProblem(await visitor.request(path), path)).toBe('not_found')
    }
  })
})
