import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import type { GatewayEnv } from '../../../gateway/env.ts'
import { openPage, type Page } from '../../../gateway/page/page.ts'
import type { Config } from '../../../src/config/config.ts'
import type { PublicConfig } from '../../../src/contract/health.ts'
import { SERVICE_WORKER_OFF, SERVICE_WORKER_PATH } from '../../../src/web/service-worker-off.ts'

const SETTINGS = {
  web: { serve: true, serviceWorker: true, origins: [] },
  domains: {},
  supabase: {},
} as unknown as Config

/** A host that serves built pages as a gateway does, and everything else from a gateway that may come and go. */
export interface PageHost {
  url: string
  /** What was asked for: method and path. */
  asked: string[]
  /** Serves another build from now on, and nothing of the one before: what a deploy to another host does. */
  deploy(folder: string): Promise<void>
  /** The gateway behind it; undefined while there is none. */
  gateway: string | undefined
  /** What the gateway's routes answer instead of asking it. */
  instead: ((path: string) => Response | undefined) | undefined
  /** Whether the service worker is replaced by the one that removes itself. */
  killed: boolean
  close(): Promise<void>
}

/** What a gateway answers; everything else is the page's. */
const OF_THE_GATEWAY = /^\/(api|auth|local|health|docs|config\.json|openapi\.json)(\/|$)/

/** Starts a host with nothing on it. */
export async function startPageHost(): Promise<PageHost> {
  let page: Page | undefined
  const app = new Hono<GatewayEnv>()
  app.get(SERVICE_WORKER_PATH, async (c, next) => {
    if (!host.killed) return next()
    return c.body(SERVICE_WORKER_OFF, 200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' })
  })
  app.use((c, next) => (page ? page.serve(c, next) : next()))
  const answer = getRequestListener(app.fetch)
  const server = createServer((asked, answered) => {
    const path = asked.url?.split('?')[0] ?? '/'
    host.asked.push(`${asked.method} ${path}`)
    const ofGateway = OF_THE_GATEWAY.test(path)
    const instead = ofGateway && host.instead?.(path)
    if (instead) void getRequestListener(() => instead)(asked, answered)
    else if (!ofGateway) void answer(asked, answered)
    else passOn(asked, answered, host.gateway)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config: PublicConfig = {
    supabaseUrl: url,
    anonKey: 'anon',
    apiUrl: url,
    mode: 'embedded',
    simulated: true,
  }
  const host: PageHost = {
    url,
    asked: [],
    gateway: undefined,
    instead: undefined,
    killed: false,
    async deploy(folder) {
      page = await openPage(SETTINGS, () => config, folder)
      if (!page) throw new Error(`No page was built in ${folder}`)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return host
}

/** As a proxy does: 502 while nobody is behind it. */
function passOn(asked: IncomingMessage, answered: ServerResponse, gateway: string | undefined): void {
  const refuse = () => {
    if (answered.headersSent) answered.destroy()
    else answered.writeHead(502).end('Bad gateway')
  }
  if (gateway === undefined) {
    refuse()
    return
  }
  const { method = 'GET', headers, url = '/' } = asked
  const passed = request(gateway + url, { method, headers }, (answer) => {
    answered.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', refuse).pipe(answered)
  })
  passed.on('error', refuse)
  answered.on('close', () => passed.destroy())
  asked.pipe(passed)
}
