import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { speaksGotrue } from '../../src/openapi/problems.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'
import { expectProblem } from '../support/problems.ts'

const ID = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

describe('the routes there are', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let routes: TestGateway['running']['routes']
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    visitor = await gateway.signUp()
    routes = gateway.running.routes
  })
  afterAll(() => gateway.close())

  const ask = ({ method, path }: Operation, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path.replaceAll(/\{\w+\}/g, ID), {
      method: method.toUpperCase(),
      headers,
      redirect: 'manual',
    })

  it('are the operations of the contract, no more and no fewer', () => {
    const registered = new Set(routes.map(nameOf))
    expect([...registered].sort()).toEqual(operations.map(nameOf).sort())
    const ids = operations.map(({ id }) => id)
    expect(ids.filter((id, place) => ids.indexOf(id) !== place)).toEqual([])
  })

  it('want a token, but for those that are public', async () => {
    const guarded = operationsFor('person', 'creator', 'service').filter((one) => !speaksGotrue(one))
    expect(guarded.length).toBeGreaterThan(5)
    for (const operation of guarded) {
      for (const authorization of ['', 'Basic eDp5', 'Bearer a.b.c']) {
        const answer = await ask(operation, authorization === '' ? {} : { authorization })
        expect(answer.status, nameOf(operation)).toBe(401)
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="helix"/)
        expect(await expectProblem(answer, nameOf(operation))).toBe('unauthorized')
      }
    }
    for (const operation of operationsFor('public')) {
      const answer = await ask(operation)
      expect([401, 403], nameOf(operation)).not.toContain(answer.status)
      await answer.body?.cancel()
    }
  })

  it('refuse in GoTrue’s words where GoTrue’s clients ask', async () => {
    for (const operation of operationsFor('person', 'creator', 'service').filter(speaksGotrue)) {
      const answer = await ask(operation)
      expect(answer.status, nameOf(operation)).toBe(401)
      expect(await answer.json(), nameOf(operation)).toMatchObject({ error_code: 'no_authorization' })
    }
  })

  it('are closed to a person where only the creator or the service may ask', async () => {
    for (const operation of operationsFor('creator', 'service')) {
      const answer = await ask(operation, { authorization: `Bearer ${visitor.token}` })
      expect(answer.status, nameOf(operation)).toBe(403)
      if (!speaksGotrue(operation)) expect(await expectProblem(answer, nameOf(operation))).toBe('forbidden')
    }
  })

  it('do not have the private socket’s over TCP, whoever asks and however', async () => {
    const known = operationsFor('owner').map(({ path }) => path)
    for (const path of ['/local', '/local/', '/local/anything', '/LOCAL/token', ...known]) {
      for (const method of METHODS) {
        const headers = { 'x-forwarded-for': '127.0.0.1', owner: 'true' }
        expect(await expectProblem(await visitor.request(path, { method, headers }), path)).toBe('not_found')
      }
    }
  })

  it('have no metrics where nobody set a token for them', async () => {
    for (const operation of operationsFor('metrics')) {
      for (const authorization of ['', 'Bearer undefined', `Bearer ${visitor.token}`]) {
        const answer = await ask(operation, authorization === '' ? {} : { authorization })
        expect(await expectProblem(answer, nameOf(operation))).toBe('not_found')
      }
    }
  })

  it('are all: another path or method is a problem too, never a page or a silent success', async () => {
    const registered = new Set(routes.map(({ method, path }) => `${method} ${path}`))
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
