import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { startTestGateway } from '../support/gateway.ts'
import { addressCases } from './addresses.case.ts'
import { asking, type Running, SEND } from './asking.ts'
import { bodyCases } from './bodies.case.ts'
import { headerCases } from './headers.case.ts'
import { textCases } from './text.case.ts'
import { wireCases } from './wire.case.ts'

describe('bad input', () => {
  let running: Running
  beforeAll(async () => {
    const gateway = await startTestGateway({ engine: 'pglite' })
    const visitor = await gateway.signUp()
    const sent = await visitor.request(SEND, { method: 'POST', body: { message: 'first' } })
    const { sessionKey } = (await sent.json()) as SendResponse
    running = { gateway, visitor, sessionKey, ...asking(gateway, visitor) }
  })
  // Closing fails if anything was reported as unforeseen.
  afterAll(() => running.gateway.close())
  afterEach(async () => {
    const health = await running.get('/health')
    expect(await health.json()).toMatchObject({ checks: { database: 'ok' } })
  })

  bodyCases(() => running)
  textCases(() => running)
  addressCases(() => running)
  headerCases(() => running)
  wireCases(() => running)
})
