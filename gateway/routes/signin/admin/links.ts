import { Hono } from 'hono'
import { parseInvite, parseLinkRequest } from '../../../../src/signin/requests/admin.ts'
import { requireServiceRole } from '../../../middleware/service-role.ts'
import type { SignInRouteDeps } from '../deps.ts'
import { readBody, redirectOf } from '../request.ts'

/** Links that whoever holds the service-role key makes for others. */
export function adminLinkRoutes(deps: SignInRouteDeps) {
  const { accounts, keys } = deps
  return new Hono()
    .use('/invite', requireServiceRole(keys))
    .post('/invite', async (c) =>
      c.json(await accounts.invite(parseInvite(await readBody(c)), redirectOf(deps, c))),
    )
    .post('/admin/generate_link', async (c) => {
      const request = parseLinkRequest(await readBody(c))
      const wanted = request.redirectTo ?? c.req.query('redirect_to')
      return c.json(await accounts.generateLink({ ...request, redirectTo: redirectOf(deps, c, wanted) }))
    })
}
