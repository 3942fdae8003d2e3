import { Hono } from 'hono'
import { AuditEntriesQuery, AuditProofQuery } from '../../../src/contract/admin/audit.ts'
import { queryOf } from '../../body.ts'
import type { GatewayEnv } from '../../env.ts'
import type { AdminDeps } from './deps.ts'

/** Where the audit log stands, whether it is sound, and its entries. */
export const adminAuditRoutes = (chain: AdminDeps['chain']) =>
  new Hono<GatewayEnv>()
    .get('/audit', async (c) => c.json(await chain.standing()))
    .post('/audit/verify', async (c) => c.json(await chain.verify()))
    .get('/audit/proof', async (c) => c.json(await chain.proof(queryOf(c, AuditProofQuery))))
    .get('/audit/entries', async (c) => {
      const lines = await chain.lines(queryOf(c, AuditEntriesQuery))
      return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' })
    })
