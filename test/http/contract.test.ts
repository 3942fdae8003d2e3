import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { Problem } from '../../src/contract/problem.ts'
import { failuresByStatus, speaksGotrue } from '../../src/openapi/problems.ts'
import { readEvents } from '../support/events.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'
import { call } from './two-users/asking.ts'
import { METRICS_TOKEN } from './two-users/requests.ts'
import { makeThings, type Things } from './two-users/things.ts'

/** Calls that end what the others need come last. */
const order = ({ method, id }: Operation) => (id === 'deleteAccount' ? 2 : method === 'delete' ? 1 : 0)
const operations = operationsFor('person', 'public')
  .filter((one) => !speaksGotrue(one))
  .toSorted((one, other) => order(one) - order(other))

describe('what a route answers is what its operation says', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let things: Things
  beforeAll(async () => {
    gateway = await startTestGateway({
      engine: 'pglite',
      environment: { HELIX_METRICS_TOKEN: METRICS_TOKEN },
      settings: { limits: { turnBurst: 1_000 } },
    })
    visitor = await gateway.signUp()
    things = await makeThings(visitor, 'word')
  })
  afterAll(() => gateway.close())

  it.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    '%s',
    async (name, operation) => {
      const answer = await call(visitor, operation, things)
      const told = operation.answers[answer.status]
      expect(told, `${name} answered ${answer.status}`).toBeDefined()
      const type = answer.headers.get('content-type')?.split(';')[0]
      if (told?.events && !told.schema) {
        expect(type).toBe('text/event-stream')
        await checkEvents(answer, told.events, name)
      } else if (told?.schema) {
        expect(type).toBe(told.type ?? 'application/json')
        if (type === 'application/json')
          expect(told.schema.safeParse(await answer.json()).error, name).toBeUndefined()
        else await answer.text()
      } else {
        expect(type).toBe(told?.type)
        await answer.text()
      }
    },
  )

  it.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    '%s: refusals too',
    async (name, operation) => {
      const told = new Map(failuresByStatus(operation))
      const path = operation.path.replaceAll(/\{\w+\}/g, 'nothing')
      const method = operation.method.toUpperCase()
      const refusals = [
        ...(operation.access === 'person' ? [await fetch(gateway.url + path, { method })] : []),
        ...(operation.path.includes('{')
          ? [
              await visitor.request(path, {
                method,
                body: operation.body ? (operation.example ?? {}) : undefined,
              }),
            ]
          : []),
        ...(operation.query ? [await visitor.request(`${path}?limit=x&limit=y`, { method })] : []),
        ...(operation.body
          ? [
              await visitor.request(path, { method, body: 'x' }),
              await visitor.request(path, { method, headers: { 'content-type': 'text/plain' } }),
              await visitor.request(path, { method, body: 'x'.repeat(3 * 1024 * 1024) }),
            ]
          : []),
      ]
      for (const refusal of refusals) {
        const problem = Problem.parse(await refusal.json())
        expect(told.get(refusal.status), `${name} answered ${refusal.status} ${problem.code}`).toContain(
          problem.code,
        )
      }
    },
  )

  async function checkEvents(
    answer: Response,
    events: NonNullable<Operation['answers'][number]['events']>,
    name: string,
  ) {
    const [first] = await readEvents(answer, () => true)
    const told = events[first?.event ?? '']
    expect(told, `${name}: ${first?.event}`).toBeDefined()
    expect(told?.data.safeParse(first?.data).error, name).toBeUndefined()
  }
})
