import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { speaksGotrue } from '../../src/openapi/problems.ts'
import { signUpCreator } from '../support/creator.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'
import { expectProblem } from '../support/problems.ts'
import { type Odd, oddRequests } from './fuzz/junk.ts'

const PATIENCE_MS = 10_000
const AT_ONCE = 4
const UNHINDERED = { turnsPerMinute: 100_000, turnBurst: 100_000, openReplies: 1_000, signUps: 100_000 }

describe('odd requests', () => {
  let gateway: TestGateway
  let creator: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', settings: { limits: UNHINDERED } })
    creator = await signUpCreator(gateway)
  })
  // Closing fails if anything was reported as unforeseen.
  afterAll(() => gateway.close())
  afterEach(async () => {
    const health = await fetch(`${gateway.url}/health`)
    expect(await health.json()).toMatchObject({ checks: { database: 'ok' } })
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  /** A token that lets the request as far into the route as any can come. */
  async function tokenFor({ access, path }: Operation): Promise<string | undefined> {
    if (access === 'public') return undefined
    if (access === 'service') return gateway.running.services.signin?.keys.serviceRoleKey.reveal()
    // Maintenance that began would keep the others from coming far.
    if (access === 'creator' && !path.endsWith('/maintenance')) return creator.token
    return (await gateway.signUp()).token
  }

  async function ask(operation: Operation, odd: Odd, token: string | undefined): Promise<void> {
    const name = `${nameOf(operation)}, ${odd.what}`
    const answer = await fetch(gateway.url + odd.path, {
      method: operation.method.toUpperCase(),
      headers: { ...odd.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(odd.body === undefined ? {} : { body: odd.body }),
    }).catch((cause) => {
      throw new Error(`${name}: no answer`, { cause })
    })
    if (answer.status < 400) await answer.body?.cancel()
    else if (speaksGotrue({ path: new URL(answer.url).pathname })) await expectGotrue(answer, name)
    else await expectProblem(answer, name)
  }

  it.each(
    operationsFor('public', 'person', 'creator', 'service', 'owner', 'metrics').map(
      (operation) => [nameOf(operation), operation] as const,
    ),
  )(
    'to %s are refused or harmless, and answered',
    async (_name, operation) => {
      const token = await tokenFor(operation)
      const waiting = oddRequests(operation)
      expect(waiting.length).toBeGreaterThan(50)
      const worker = async () => {
        for (let odd = waiting.pop(); odd; odd = waiting.pop()) await ask(operation, odd, token)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
    },
    60_000,
  )
})

async function expectGotrue(answer: Response, name: string): Promise<void> {
  const text = await answer.text()
  expect(answer.status, `${name}: ${text.slice(0, 300)}`).toBeLessThan(500)
  expect(text, name).not.toMatch(/\n\s+at |node_modules|\.[tj]s:\d/)
  expect(JSON.parse(text), name).toMatchObject({ error_code: expect.stringMatching(/^[a-z_]+$/) })
}
