import { join } from 'node:path'
import type { Context, MiddlewareHandler } from 'hono'
import type { Config } from '../../src/config/config.ts'
import { packageRoot } from '../../src/config/package.ts'
import type { PublicConfig } from '../../src/contract/health.ts'
import { pageHeaders } from '../../src/web/headers.ts'
import { pagePathOf } from '../../src/web/paths.ts'
import type { GatewayEnv } from '../env.ts'
import { openBuilt } from './built.ts'
import { documentOf } from './document.ts'
import { fileAnswers } from './serve.ts'
import { answerOff, asksForWorker } from './service-worker-off.ts'

/** The built page, as the gateway serves it. */
export interface Page {
  /** Answers the page's own addresses and files; everything else goes on. */
  serve: MiddlewareHandler<GatewayEnv>
  /** For a browser that asks for a document where there is nothing: the page, which says so. */
  notFound(c: Context<GatewayEnv>): Promise<Response> | undefined
}

const BUILT = join(packageRoot(), 'web', 'dist')

/** What programs ask for: nothing there is ever a page. */
const FOR_PROGRAMS = /^\/(api|auth|local|docs|health|metrics|assets)(\/|$)|\.[a-z0-9]+$/i

/**
 * Opens the page that was built; undefined where it was not, or is not to be served.
 * @param publicConfig what the page is told, known once the gateway listens
 */
export async function openPage(
  { web, domains, supabase }: Pick<Config, 'web' | 'domains' | 'supabase'>,
  publicConfig: () => PublicConfig,
  folder = BUILT,
): Promise<Page | undefined> {
  const built = web.serve ? await openBuilt(folder) : undefined
  if (!built) return undefined
  const connect = [domains.api && `https://${domains.api}`, supabase.url].filter((one) => one !== undefined)
  const answer = fileAnswers(pageHeaders({ html: built.html, connect }))
  const document = documentOf(built.html, publicConfig)

  return {
    async serve(c, next) {
      if (!reads(c)) return next()
      if (!web.serviceWorker && asksForWorker(c)) return answerOff(c)
      const file = built.files.get(c.req.path)
      if (file) {
        c.set('page', file.asset ? '/assets/*' : c.req.path)
        return answer(c, file)
      }
      const path = pagePathOf(c.req.path)
      if (path === undefined) return next()
      c.set('page', path)
      return answer(c, document())
    },
    notFound(c) {
      const asked = reads(c) && /\btext\/html\b/i.test(c.req.header('accept') ?? '')
      return asked && !FOR_PROGRAMS.test(c.req.path) ? answer(c, document(), 404) : undefined
    },
  }
}

function reads(c: Context<GatewayEnv>): boolean {
  return c.req.method === 'GET' || c.req.method === 'HEAD'
}
