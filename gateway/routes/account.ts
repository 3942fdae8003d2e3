import { Hono } from 'hono'
import { DeleteAccountRequest } from '../../src/contract/account.ts'
import type { AccountDeletion } from '../../src/people/deletion/deletion.ts'
import { jsonBody } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** The account as a whole. */
export const accountRoutes = (deletion: AccountDeletion) =>
  new Hono<GatewayEnv>().delete('/api/account', async (c) => {
    const { confirm } = await jsonBody(c, DeleteAccountRequest)
    await deletion.remove(c.get('person'), confirm)
    return c.body(null, 204)
  })
