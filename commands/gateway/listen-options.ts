import { z } from 'zod'
import { option } from '../define.ts'

const port = z.coerce.number().int().min(0, 'expected 0 to 65535').max(65_535, 'expected 0 to 65535')

/** Where the gateway listens and keeps its files; each goes over the configuration. */
export const listenOptions = {
  port: option(
    '-p, --port <port>',
    'port to listen on; 0 picks a free one (PORT, else 3000)',
    port.optional(),
  ),
  host: option('--host <address>', 'address to listen on', z.string().min(1).optional()),
  socket: option('--socket <path>', 'listen on this Unix socket', z.string().min(1).optional()),
  dataDir: option('--data-dir <directory>', 'where Helix keeps its files', z.string().min(1).optional()),
}
