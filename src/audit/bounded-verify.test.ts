import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { createBoundedVerifier } from './bounded-verify.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ engine: 'pglite' })
})
afterAll(() => gateway.close())

it('ends when its time is up, says so, and keeps what it came to', async () => {
  const { verify, last } = createBoundedVerifier({ db: gateway.db, remembered: async () => [], mostMs: -1 })
  expect(last()).toBeNull()
  const verification = await verify()
  expect(verification).toMatchObject({ complete: false, entries: 0, findings: [], signedSize: null })
  expect(last()).toEqual(verification)
})

it('may be asked again after it failed', async () => {
  let failing = true
  const { verify } = createBoundedVerifier({
    db: gateway.db,
    remembered: async () => {
      if (failing) throw new Error('no memory')
      return []
    },
  })
  await expect(verify()).rejects.toThrow('no memory')
  failing = false
  expect(await verify()).toMatchObject({ complete: true, findings: [] })
})
