import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { ChangeMaintenance, type MaintenanceState } from '../../src/contract/maintenance.ts'
import { HelixError } from '../../src/errors.ts'
import { looksLikeBypass, makeBypass, readBypass } from '../../src/maintenance/bypass.ts'
import type { Maintenance } from '../../src/maintenance/maintenance.ts'
import { inForce, type Setting } from '../../src/maintenance/setting.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'
import { BYPASS_COOKIE } from '../middleware/hold-for-maintenance.ts'

interface MaintenanceDeps {
  maintenance: Maintenance
  /** The gateway's address, as operators type it. */
  origin: () => string
}

/** What the creator does about maintenance. */
export const maintenanceRoutes = ({ maintenance, origin }: MaintenanceDeps) =>
  new Hono<GatewayEnv>()
    .get('/api/admin/maintenance', (c) => c.json(stateOf(maintenance.current(), origin())))
    .put('/api/admin/maintenance', async (c) => {
      const change = await jsonBody(c, ChangeMaintenance)
      const setting = await maintenance.set(change, c.get('person').actor)
      return c.json(stateOf(inForce(setting, new Date()), origin()))
    })

/** How an operator's browser gets its cookie; a link that is none, or of an earlier maintenance, leads nowhere. */
export const bypassRoutes = (maintenance: Pick<Maintenance, 'current'>) =>
  new Hono<GatewayEnv>().get('/maintenance/:token', (c) => {
    const setting = maintenance.current()
    const token = c.req.param('token')
    if (setting === null && looksLikeBypass(token)) return c.redirect('/', 303)
    const expires = setting ? readBypass(setting, token, new Date()) : undefined
    if (expires === undefined) throw noBypass()
    setCookie(c, BYPASS_COOKIE, token, {
      ...{ path: '/', httpOnly: true, sameSite: 'Lax', secure: c.get('secure') },
      expires,
    })
    return c.redirect('/', 303)
  })

function noBypass(): HelixError {
  return new HelixError('not_found', 'This link leads through no maintenance there is', {
    hint: '`helix maintenance status` prints one that does.',
    next: ['helix maintenance status'],
  })
}

function stateOf(setting: Setting | null, origin: string): MaintenanceState {
  if (setting === null) {
    const none = { since: null, message: null, until: null, revision: null, bypass: null }
    return { active: false, readOnly: false, allow: [], ...none }
  }
  const { since, message, until, readOnly, allow, revision } = setting
  const { token, expiresAt } = makeBypass(setting, new Date())
  const bypass = { link: `${origin}/maintenance/${token}`, token, expiresAt: expiresAt.toISOString() }
  return { active: true, since, message, until, readOnly, allow, revision, bypass }
}
