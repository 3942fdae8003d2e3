import { afterAll, beforeAll, describe } from 'vitest'
import { type Engine, startTestGateway, type TestGateway } from './gateway.ts'
import { postgresUnavailable } from './postgres.ts'

const ENGINES: readonly Engine[] = ['pglite', 'postgres']

/** Runs one suite against a gateway of its own on each engine there is here. */
export function onEachGateway(
  subject: string,
  suite: (gateway: () => TestGateway, engine: Engine) => void,
  settings: Record<string, unknown> = {},
  environment: Record<string, string> = {},
): void {
  for (const engine of ENGINES) {
    const missing = engine === 'postgres' ? postgresUnavailable : null
    describe.skipIf(missing)(`${subject} on ${engine}${missing ? ` (${missing})` : ''}`, () => {
      let gateway: TestGateway | undefined
      beforeAll(async () => {
        gateway = await startTestGateway({ engine, settings, environment })
      })
      afterAll(() => gateway?.close())
      suite(() => {
        if (!gateway) throw new Error('The gateway is not up yet')
        return gateway
      }, engine)
    })
  }
}
