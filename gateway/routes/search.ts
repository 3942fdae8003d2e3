import { Hono } from 'hono'
import type { Search } from '../../src/chat/search.ts'
import { SearchQuery } from '../../src/contract/search.ts'
import { queryOf } from '../body.ts'
import type { GatewayEnv } from '../env.ts'

/** What the caller said and was told, by its words. */
export const searchRoutes = (search: Search) =>
  new Hono<GatewayEnv>().get('/api/search', async (c) =>
    c.json(await search.find(c.get('person').userId, queryOf(c, SearchQuery))),
  )
