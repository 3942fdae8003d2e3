import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { changed } from '../../src/maintenance/setting.ts'
import type { GatewayEnv } from '../env.ts'
import { renderProblem } from '../problem.ts'
import { holdForMaintenance } from './hold-for-maintenance.ts'

it('lets through nothing that looks at no token, whatever token is sent', async () => {
  const change = { active: true, until: null, readOnly: false, allow: [] }
  const setting = changed(undefined, change, new Date())
  const problem = renderProblem(() => {})
  const app = new Hono<GatewayEnv>()
  app.onError(problem)
  app.use((c, next) => {
    c.set('address', null)
    return next()
  })
  app.use(holdForMaintenance({ current: () => setting }, problem))
  app.all('*', (c) => c.text('reached'))
  const ask = async (method: string, path: string) =>
    (await app.request(path, { method, headers: { authorization: 'Bearer anything' } })).status
  // Looked at further on, where a bad token is refused for what it is.
  expect(await ask('GET', '/api/conversations')).toBe(200)
  expect(await ask('POST', '/api/client-errors')).toBe(503)
  expect(await ask('POST', '/auth/v1/signup')).toBe(503)
})
