import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'vite'
import { PAGE_PATHS } from '../src/web/paths.ts'
import { finish } from './build/finish.ts'
import { icons } from './build/icons.ts'
import { leanAuth } from './build/lean-auth.ts'
import { outputTo } from './build/output.ts'
import { serviceWorker } from './build/service-worker.ts'
import { builtValues } from './build/values.ts'

const root = import.meta.dirname
const dist = join(root, 'dist')

/** Where `npm run dev` finds the gateway, and what is asked of it rather than of the sources. */
const GATEWAY = `http://127.0.0.1:${process.env.PORT ?? 3000}`
const GATEWAY_PATHS = ['api', 'auth', 'local', 'config\\.json', 'health', 'docs', 'openapi\\.json']

/** In mode `gateway` for the gateway to serve, which says where everything is; else for any other host. */
export default defineConfig(async ({ command, mode }): Promise<UserConfig> => {
  // Vite takes a set NODE_ENV at its word, and what a test builds must be the page that people get.
  if (command === 'build') process.env.NODE_ENV = 'production'
  const values = command === 'build' && mode !== 'gateway' ? await builtValues(join(root, '..')) : {}
  const written = Object.entries(values).map(([name, value]) => [
    `import.meta.env.${name}`,
    JSON.stringify(value),
  ])
  return {
    root,
    cacheDir: join(root, '..', '.cache', 'vite'),
    // Not Vite's own reading of .env files: src/config has read, derived and checked them.
    envDir: false,
    define: Object.fromEntries(written),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [leanAuth(), icons(root), serviceWorker(root), finish(addressesIn(values), PAGE_PATHS)],
    server: { proxy: { [`^/(${GATEWAY_PATHS.join('|')})(/|\\?|$)`]: GATEWAY } },
    build: outputTo(dist),
  }
})

function addressesIn({
  VITE_API_URL,
  VITE_GATEWAY_URL,
  VITE_SUPABASE_URL,
}: Record<string, string>): string[] {
  return [VITE_API_URL ?? VITE_GATEWAY_URL, VITE_SUPABASE_URL].filter((address) => address !== undefined)
}
