import { type Context, Hono } from 'hono'
import {
  parseChanges,
  parseDeletion,
  parseNewAccount,
  parsePage,
} from '../../../src/signin/admin/requests.ts'
import { parseBody } from '../../../src/signin/requests/body.ts'
import { cutOff } from '../../body.ts'
import type { SignInRouteDeps } from './deps.ts'
import { idOf, readBody } from './request.ts'

/** Administration of people; whoever comes this far holds the service-role key. */
export function adminRoutes({ admin }: SignInRouteDeps) {
  return new Hono()
    .post('/admin/users', async (c) => c.json(await admin.create(parseNewAccount(await readBody(c)))))
    .get('/admin/users', async (c) => {
      const place = parsePage(c.req.query('page'), c.req.query('per_page'))
      const { users, total } = await admin.list(place)
      c.header('X-Total-Count', String(total))
      c.header('Link', pageLinks(c, place, total))
      return c.json({ users, aud: 'authenticated' })
    })
    .get('/admin/users/:id', async (c) => c.json(await admin.get(idOf(c, 'id', 'user_id'))))
    .put('/admin/users/:id', async (c) => {
      const id = idOf(c, 'id', 'user_id')
      return c.json(await admin.update(id, parseChanges(await readBody(c))))
    })
    .delete('/admin/users/:id', async (c) => {
      const id = idOf(c, 'id', 'user_id')
      const body = await c.req.text().catch(cutOff)
      await admin.remove(id, body === '' ? false : parseDeletion(parseBody(body)))
      return c.json({})
    })
}

/** RFC 8288, `page` before `per_page`: clients of GoTrue read the number behind the first `=`. */
function pageLinks(c: Context, { page, perPage }: { page: number; perPage: number }, total: number): string {
  const last = Math.ceil(total / perPage)
  const link = (to: number, rel: string) => `<${c.req.path}?page=${to}&per_page=${perPage}>; rel="${rel}"`
  return [...(last > page ? [link(page + 1, 'next')] : []), link(last, 'last')].join(', ')
}
