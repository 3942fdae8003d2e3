import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot } from '../../../src/config/package.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

interface Rule {
  path: string
  headers: Record<string, string>
}

/** A host that knows nothing of Helix: it serves files with the headers of `headers.json`, else `index.html`. */
export interface OtherHost {
  readonly url: string
  close(): Promise<void>
}

/** Begins to listen, so that its address is known before anything is built for it. */
export async function startOtherHost(): Promise<
  OtherHost & { build(values: Record<string, string>): Promise<void> }
> {
  const folder = await mkdtemp(join(tmpdir(), 'helix-other-host-'))
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host')
    const rules = JSON.parse(await readFile(join(folder, 'headers.json'), 'utf8')) as Rule[]
    const type = TYPES[extname(pathname)]
    const rule = rules.find(({ path }) => pathname.startsWith(path.replace('*', '')))
    const body = await readFile(join(folder, type ? pathname : 'index.html')).catch(() => undefined)
    response.writeHead(body ? 200 : 404, {
      ...rule?.headers,
      'Content-Type': type ?? 'text/html; charset=utf-8',
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    build: (values) => buildInto(folder, values),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** `npm run build:web`, but for where it writes. */
export async function buildInto(folder: string, values: Record<string, string>): Promise<void> {
  const root = packageRoot()
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', 'web', '--outDir', folder, '--logLevel', 'error'],
    {
      cwd: root,
      env: { ...process.env, ...values },
    },
  )
}
