import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { Problem } from '../../src/contract/problem.ts'
import { failuresByStatus } from '../../src/openapi/problems.ts'
import { signUpCreator } from '../support/creator.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'

/** Maintenance has tests of its own: what it begins would hold back the others. */
const operations = operationsFor('creator').filter(({ path }) => !path.endsWith('/maintenance'))
const named = operations.map((operation) => [nameOf(operation), operation] as const)

/** A load test's name that none has. */
const NO_RUN = 'tp4uws-0f0f0f0f'

describe('what the administration answers is what its operations say', () => {
  let gateway: TestGateway
  let creator: Visitor
  let ids: { users: string; incidents: string }
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    creator = await signUpCreator(gateway)
    const opened = await creator.request('/api/admin/incidents', {
      method: 'POST',
      body: { title: 'Slow', severity: 'minor', message: 'Looking.' },
    })
    const { userId } = await gateway.signUp()
    // The first checkpoint is made beside the start, and there is nothing to prove before it.
    const proves = async () => (await creator.request('/api/admin/audit/proof')).status === 200
    await vi.waitUntil(proves, { timeout: 30_000, interval: 200 })
    ids = { users: userId, incidents: ((await opened.json()) as { id: string }).id }
  })
  afterAll(() => gateway.close())

  function ask({ method, path, body, example }: Operation, id?: string): Promise<Response> {
    const of = path.includes('/users/') ? ids.users : path.includes('/loadtest/') ? NO_RUN : ids.incidents
    const given = example ?? (body ? {} : undefined)
    return creator.request(path.replaceAll(/\{\w+\}/g, id ?? of), {
      method: method.toUpperCase(),
      ...(given === undefined ? {} : { body: given }),
    })
  }

  it('has operations to hold to it', () => {
    expect(operations.length).toBeGreaterThan(15)
  })

  it.each(named)('%s', async (name, operation) => {
    const answer = await ask(operation)
    const told = operation.answers[answer.status]
    expect(told, `${name} answered ${answer.status} ${await answer.clone().text()}`).toBeDefined()
    const type = answer.headers.get('content-type')?.split(';')[0]
    expect(type).toBe(told?.type ?? (told?.schema ? 'application/json' : undefined))
    if (told?.schema) expect(told.schema.safeParse(await answer.json()).error, name).toBeUndefined()
    else await answer.text()
  })

  it.each(named)('%s: refusals too', async (name, operation) => {
    const told = new Map(failuresByStatus(operation))
    const method = operation.method.toUpperCase()
    const path = operation.path.replaceAll(/\{\w+\}/g, 'nothing')
    const refusals = [
      await fetch(gateway.url + path, { method }),
      await (await gateway.signUp()).request(path, { method }),
      ...(operation.path.includes('{') ? [await ask(operation, 'nothing')] : []),
      ...(operation.path.includes('{') ? [await ask(operation, '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01')] : []),
      ...(operation.query ? [await creator.request(`${path}?limit=x&limit=y`, { method })] : []),
      ...(operation.body
        ? [
            await creator.request(path, { method, body: 'x' }),
            await creator.request(path, { method, headers: { 'content-type': 'text/plain' } }),
          ]
        : []),
    ]
    for (const refusal of refusals) {
      const problem = Problem.parse(await refusal.json())
      expect(told.get(refusal.status), `${name} answered ${refusal.status} ${problem.code}`).toContain(
        problem.code,
      )
    }
  })
})
