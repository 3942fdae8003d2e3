import { afterAll, beforeAll, describe } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { lostAccessCases } from './lost-access.case.ts'

describe('who loses their right, on PGlite', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
  })
  afterAll(() => gateway.close())
  lostAccessCases(
    () => gateway,
    () => [gateway.url],
  )
})

describe.skipIf(postgresUnavailable)(
  `who loses their right, with two gateways on PostgreSQL ${postgresUnavailable ?? ''}`,
  () => {
    let gateway: TestGateway
    let urls: string[]
    beforeAll(async () => {
      gateway = await startTestGateway({ engine: 'postgres' })
      urls = [gateway.url, (await gateway.another()).url]
    })
    afterAll(() => gateway.close())
    lostAccessCases(
      () => gateway,
      () => urls,
    )
  },
)
