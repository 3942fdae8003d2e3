import { Hono } from 'hono'
import type { Exports } from '../../src/people/export/document.ts'
import type { GatewayEnv } from '../env.ts'
import { jsonStream } from '../json-stream.ts'

/** Everything Helix holds about the caller. */
export const exportRoutes = (exports: Exports) =>
  new Hono<GatewayEnv>().get('/api/export', (c) => {
    const day = new Date().toISOString().slice(0, 10)
    return jsonStream(exports.document(c.get('person')), {
      filename: `helix-export-${day}.json`,
      ended: c.get('accessLost'),
      onReading: (reading) => c.set('reading', reading),
    })
  })
