import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { type SlowCallers, slowCallers } from '../support/slow-callers.ts'

const EACH = 200
const OTHERS = 300

describe('800 slow connections', () => {
  let gateway: TestGateway
  let visitor: Visitor
  let callers: SlowCallers
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', settings: { limits: { openStreams: EACH } } })
    visitor = await gateway.signUp()
    const sent = await visitor.request('/api/chat/message', { method: 'POST', body: { message: 'Hello' } })
    const finished = (await sent.json()).message.generationId
    callers = await slowCallers(gateway.url, { each: EACH, token: visitor.token, finished })
  })
  afterAll(async () => {
    callers?.end()
    await gateway.close()
  })

  // How long others wait is measured in bench/slow-callers.ts, on a quiet machine.
  it('keep nobody else from an answer', async () => {
    expect(callers.sockets.filter((socket) => !socket.destroyed).length).toBe(4 * EACH)
    const paths = ['/health/live', '/api/conversations', '/api/profile']
    for (let asked = 0; asked < OTHERS; asked += 1) {
      const answer = await visitor.request(paths[asked % paths.length] ?? '/')
      await answer.arrayBuffer()
      expect(answer.status).toBe(200)
    }
    const turn = await visitor.request('/api/chat/message', { method: 'POST', body: { message: 'And now?' } })
    expect(turn.status).toBe(200)
  }, 60_000)

  it('are ended when they never send what they began', async () => {
    const slow = callers.sockets.slice(0, EACH)
    await expect
      .poll(() => slow.filter((socket) => socket.destroyed).length, { timeout: 15_000, interval: 200 })
      .toBe(EACH)
    expect((await visitor.request('/health')).status).toBe(200)
  }, 20_000)
})
