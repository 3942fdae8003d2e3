import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { speaksGotrue } from '../../src/openapi/problems.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { nameOf, operationsFor } from '../support/operations.ts'
import { call, namesOf } from './two-users/asking.ts'
import { MAKES_UNKNOWN, namingOf, namingsOfNothing, takesId } from './two-users/requests.ts'
import { makeThings, type Things, unknownThings } from './two-users/things.ts'

const operations = operationsFor('person')
/** Some refuse everybody, as GoTrue does with what is switched off; they never look at what is named. */
const isOffered = ({ answers }: Operation) => Object.keys(answers).length > 0
const naming = operations.filter((operation) => takesId(operation) && isOffered(operation))
const others = operations.filter((operation) => !takesId(operation))
/** Whether it reads what stays the same until somebody changes it. */
const readsAtRest = (operation: Operation) =>
  operation.method === 'get' &&
  !streams(operation) &&
  !speaksGotrue(operation) &&
  (!takesId(operation) || namingOf(operation) !== undefined)
const streams = ({ answers }: Operation) => answers[200]?.events !== undefined && !answers[200].schema

/** The status of what is not there; GoTrue's clients know a second one. */
const missing = (operation: Operation) =>
  speaksGotrue(operation) ? expect.toSatisfy((status) => status === 404 || status === 422) : 404

/** A person, what is theirs, and a word that only their texts hold. */
interface Owner {
  visitor: Visitor
  things: Things
  secret: string
}

describe('what is another person’s', () => {
  let gateway: TestGateway
  let ana: Owner
  let ben: Owner
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    ana = await owner()
    ben = await owner()
  })
  afterAll(() => gateway.close())

  async function owner(): Promise<Owner> {
    const visitor = await gateway.signUp()
    const secret = `word-${randomUUID()}`
    return { visitor, secret, things: await makeThings(visitor, secret) }
  }

  /** Everything Ana can read. */
  async function whatAnaHas(): Promise<Record<string, unknown>> {
    const seen: Record<string, unknown> = {}
    for (const operation of operations.filter(readsAtRest)) {
      const answer = await call(ana.visitor, operation, ana.things)
      expect(answer.status, nameOf(operation)).toBe(200)
      // An export says when it was made.
      seen[nameOf(operation)] = (await answer.text()).replace(/"exportedAt":"[^"]*"/, '')
    }
    return seen
  }

  /** What an answer says, without what differs from request to request and without the ids asked for. */
  async function said(answer: Response, things: Things): Promise<unknown> {
    let text = await answer.text()
    for (const [name, id] of Object.entries(things)) text = text.replaceAll(id, `<${name}>`)
    const { requestId: _, ...problem } = JSON.parse(text)
    return { status: answer.status, type: answer.headers.get('content-type'), problem }
  }

  it('can be named by every route that takes an id', () => {
    const without = naming.filter((operation) => !namingOf(operation)).map(nameOf)
    expect(without, 'add these to test/http/two-users/requests.ts').toEqual([])
    expect(namingsOfNothing(operations)).toEqual([])
  })

  it.each(naming.map((operation) => [nameOf(operation), operation] as const))(
    'is to %s as if it were not there',
    async (name, operation) => {
      const before = await whatAnaHas()
      const unknown = unknownThings()
      const names = namesOf(operation, ana.things)
      expect(names.length, name).toBeGreaterThan(0)
      // All that the route takes is Ana's, then each alone among what is Ben's.
      for (const foreign of [names, ...names.map((one) => [one])]) {
        const pick = (from: Things) => Object.fromEntries(foreign.map((one) => [one, from[one]]))
        const asked = { ...ben.things, ...pick(ana.things) }
        const refused = await said(await call(ben.visitor, operation, asked), asked)
        expect(refused, `${name} with Ana’s ${foreign}`).toMatchObject({ status: missing(operation) })
        expect(JSON.stringify(refused)).not.toContain(ana.secret)
        if (MAKES_UNKNOWN.has(operation.id)) continue
        const nobodys = { ...ben.things, ...pick(unknown) }
        expect(refused, `${name} with Ana’s ${foreign}, and nobody’s`).toEqual(
          await said(await call(ben.visitor, operation, nobodys), nobodys),
        )
      }
      expect(await whatAnaHas(), name).toEqual(before)
    },
  )

  it.each(others.map((operation) => [nameOf(operation), operation] as const))(
    'is neither shown nor changed by %s',
    async (name, operation) => {
      const before = await whatAnaHas()
      const { visitor } = operation.method === 'get' ? ben : { visitor: await gateway.signUp() }
      const answer = await call(visitor, operation, ana.things)
      if (streams(operation)) return await answer.body?.cancel()
      const shown = await answer.text()
      if (operation.method === 'get' && !speaksGotrue(operation)) expect(answer.status, name).toBe(200)
      for (const hidden of [ana.secret, ana.visitor.userId, ...Object.values(ana.things)]) {
        expect(shown, name).not.toContain(hidden)
      }
      expect(await whatAnaHas(), name).toEqual(before)
    },
  )

  it('is not answered to a send with the same clientMessageId', async () => {
    const answer = await gateway.signUp().then((stranger) =>
      stranger.request('/api/chat/message', {
        method: 'POST',
        body: { message: `My word is ${ana.secret}`, clientMessageId: 'the-same-of-both' },
      }),
    )
    const { sessionKey, message } = (await answer.json()) as SendResponse
    expect(sessionKey).not.toBe(ana.things.sessionKey)
    expect(message.id).not.toBe(ana.things.replyId)
  })

  it('is there for its owner: each of these routes takes what is one’s own', async () => {
    const last = ({ method }: Operation) => (method === 'delete' ? 1 : 0)
    for (const operation of naming.toSorted((one, other) => last(one) - last(other))) {
      const answer = await call(ana.visitor, operation, ana.things)
      await answer.body?.cancel()
      expect(answer.status, nameOf(operation)).toBeLessThan(speaksGotrue(operation) ? 500 : 400)
      expect(answer.status, nameOf(operation)).not.toBe(404)
    }
  })
})
