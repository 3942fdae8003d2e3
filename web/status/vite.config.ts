import { join } from 'node:path'
import { defineConfig, type UserConfig } from 'vite'
import { finish } from '../build/finish.ts'
import { outputTo } from '../build/output.ts'
import { builtValues, homeOf } from '../build/values.ts'

const root = import.meta.dirname
const checkout = join(root, '..', '..')

/** The status page by itself, for a host that is up when the gateway is not; `helix build web` packs it with the page. */
export default defineConfig(async (): Promise<UserConfig> => {
  process.env.NODE_ENV = 'production'
  const { VITE_API_URL, VITE_GATEWAY_URL } = await builtValues(checkout)
  const gateway = VITE_API_URL ?? VITE_GATEWAY_URL
  const values = { VITE_API_URL: gateway, HELIX_HOME: await homeOf(checkout) }
  const written = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[`import.meta.env.${name}`, JSON.stringify(value)]],
  )
  return {
    root,
    cacheDir: join(checkout, '.cache', 'vite-status'),
    // What is in there is for a page that can be installed.
    publicDir: false,
    envDir: false,
    define: Object.fromEntries(written),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: [finish(gateway === undefined ? [] : [gateway], ['/', '/status'])],
    build: outputTo(join(root, 'dist')),
  }
})
