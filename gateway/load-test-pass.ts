import type { Context } from 'hono'
import { LOAD_TEST_HEADER } from '../src/contract/admin/loadtest.ts'
import type { TestPass, TestPasses } from '../src/people/test-passes.ts'
import type { GatewayEnv } from './env.ts'

/** The pass of a load test that a request brings; undefined where it brings none that is good. */
export function loadTestPass(c: Context<GatewayEnv>, passes: TestPasses): TestPass | undefined {
  const brought = c.req.header(LOAD_TEST_HEADER)
  return brought === undefined ? undefined : passes.read(brought, new Date())
}

/** Whether the signed-in person has a pass, made out to them, that has their replies simulated. */
export function wantsSimulated(c: Context<GatewayEnv>, passes: TestPasses): boolean {
  const pass = loadTestPass(c, passes)
  return pass?.simulated === true && pass.userId === c.get('person').userId
}
