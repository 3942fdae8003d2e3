import { beforeAll, expect, it } from 'vitest'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { seedConversation } from '../support/long-conversation.ts'

const COUNT = 4_000
/** What each takes on a machine that is busy with other tests; work that grows with the square takes ten times that. */
const WITHIN_MS = 2_500

onEachGateway('a conversation of thousands of messages', (gateway) => {
  let visitor: Visitor
  let sessionKey: string
  let ids: string[]

  beforeAll(async () => {
    visitor = await gateway().signUp()
    const seeded = await seedConversation(gateway(), visitor.userId, COUNT, (index) => `number ${index}`)
    sessionKey = seeded.sessionKey
    ids = seeded.ids
  })

  const quick = async <T>(work: Promise<T>): Promise<T> => {
    const began = performance.now()
    const outcome = await work
    expect(performance.now() - began).toBeLessThan(WITHIN_MS)
    return outcome
  }

  it('is read at its beginning, its middle and its end without a long wait', async () => {
    const at = (index: number) => quick(visitor.client.messages(sessionKey, { around: ids[index] ?? '' }))
    for (const index of [0, COUNT / 2, COUNT - 1]) {
      expect((await at(index)).messages.some(({ id }) => id === ids[index])).toBe(true)
    }
    await quick(visitor.client.messages(sessionKey, { limit: 200 }))
  })

  it('is answered without a long wait, with all that was said', async () => {
    const reply = await quick(visitor.client.send({ message: 'And now?', sessionKey }))
    expect(reply.message.status).toBe('complete')
    const asked = JSON.stringify(gateway().stub.requests.at(-1)?.body)
    expect(asked).toContain('number 0')
    expect(asked).toContain(`number ${COUNT - 1}`)
  })

  it('has its branches switched without a long wait', async () => {
    await quick(visitor.client.conversations.show(sessionKey, ids[0] ?? ''))
  })
})
