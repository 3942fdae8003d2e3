import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { PublicConfig } from '../../src/contract/health.ts'
import type { GatewayEnv } from '../env.ts'
import { openPage } from './page.ts'
import { serviceWorkerOff } from './service-worker-off.ts'

const HTML = '<!doctype html><title>Helix</title><script>1</script>'
const SCRIPT = 'export const a = 1\n'
const settings = {
  web: { serve: true, serviceWorker: true, origins: [] },
  domains: { web: undefined, api: 'api.example.com', admin: undefined, status: undefined },
  supabase: { url: 'https://p.supabase.co' },
} as unknown as Parameters<typeof openPage>[0]

function builtFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'helix-page-'))
  mkdirSync(join(folder, 'assets'))
  mkdirSync(join(folder, '.vite'))
  writeFileSync(join(folder, 'index.html'), HTML)
  writeFileSync(join(folder, 'service-worker.js'), SCRIPT)
  writeFileSync(join(folder, 'headers.json'), '[]')
  writeFileSync(join(folder, '.vite', 'manifest.json'), '{}')
  writeFileSync(join(folder, 'assets', 'a-1.js'), SCRIPT)
  writeFileSync(join(folder, 'assets', 'a-1.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(folder, '..', 'outside.js'), 'secret')
  return folder
}

async function served(
  said: { config: PublicConfig } = { config: publicConfig('embedded') },
  chosen = settings,
) {
  const page = await openPage(chosen, () => said.config, builtFolder())
  if (!page) throw new Error('The page was not found')
  const app = new Hono<GatewayEnv>()
  app.use(page.serve)
  app.notFound((c) => page.notFound(c) ?? c.json({}, 404))
  app.post('/sign-in', (c) => c.text('posted'))
  return (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    app.request(path, { headers, method })
}

function publicConfig(mode: PublicConfig['mode'], anonKey = '"><script>'): PublicConfig {
  return { supabaseUrl: 'http://x', anonKey, apiUrl: 'http://x', mode, simulated: false }
}

describe('the built page, served', () => {
  it.each(['/', '/c/0193', '/sign-in', '/admin/users', '/status'])('is its document at %s', async (path) => {
    const ask = await served()
    const answer = await ask(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(answer.headers.get('content-security-policy')).toContain(
      "connect-src 'self' https://api.example.com https://p.supabase.co",
    )
    expect(await answer.text()).toContain('<title>Helix</title>\n    <meta name="helix-config"')
  })

  it('is told what /config.json says, as text that cannot become HTML, and anew when that changes', async () => {
    const said = { config: publicConfig('embedded') }
    const ask = await served(said)
    const first = await ask('/')
    const text = await first.text()
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(text).toContain('&#34;&#62;&#60;script&#62;')
    said.config = publicConfig('postgres')
    const second = await ask('/', { 'if-none-match': first.headers.get('etag') ?? '' })
    expect(second.status).toBe(200)
    expect(await second.text()).toContain('postgres')
  })

  it('answers 304 to whoever has it, with the policy of now', async () => {
    const ask = await served()
    for (const path of ['/', '/assets/a-1.js']) {
      const etag = (await ask(path)).headers.get('etag') ?? ''
      const answer = await ask(path, { 'if-none-match': `W/${etag}` })
      expect(answer.status).toBe(304)
      expect(answer.headers.get('etag')).toBe(etag)
      expect(answer.headers.get('cache-control')).toBeTruthy()
    }
  })

  it('keeps assets for ever, and sends them compressed to whoever takes that', async () => {
    const ask = await served()
    const plain = await ask('/assets/a-1.js')
    const small = await ask('/assets/a-1.js', { 'accept-encoding': 'gzip, br' })
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await plain.text()).toBe(SCRIPT)
    expect(small.headers.get('content-encoding')).toBe('br')
    expect(small.headers.get('vary')).toBe('Accept-Encoding')
    expect(small.headers.get('etag')).not.toBe(plain.headers.get('etag'))
    expect(brotliDecompressSync(Buffer.from(await small.arrayBuffer())).toString()).toBe(SCRIPT)
  })

  it('has the service worker asked for again each time, under the policy of the page', async () => {
    const answer = await (await served())('/service-worker.js')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self'")
  })

  it('replaces the service worker by one that removes itself, where it is switched off', async () => {
    const ask = await served(undefined, { ...settings, web: { ...settings.web, serviceWorker: false } })
    const answer = await ask('/service-worker.js')
    expect(answer.headers.get('content-type')).toContain('text/javascript')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(await answer.text()).toContain('unregister')
    expect((await ask('/')).status).toBe(200)
  })

  it('has a gateway without a page serve that one, too', async () => {
    const app = new Hono<GatewayEnv>().use(serviceWorkerOff())
    app.notFound((c) => c.json({}, 404))
    expect(await (await app.request('/service-worker.js')).text()).toContain('unregister')
    expect((await app.request('/service-worker.js', { method: 'POST' })).status).toBe(404)
    expect((await app.request('/')).status).toBe(404)
  })

  it('answers HEAD as GET, without the body', async () => {
    const ask = await served()
    for (const path of ['/', '/assets/a-1.js']) {
      const got = await ask(path)
      const head = await ask(path, {}, 'HEAD')
      expect(await head.text()).toBe('')
      expect(head.headers.get('content-length')).toBe(String((await got.arrayBuffer()).byteLength))
    }
  })

  it('gives nothing away that is not of the page', async () => {
    const ask = await served()
    const paths = [
      '/headers.json',
      '/.vite/manifest.json',
      '/index.html',
      '/assets',
      '/assets/',
      '/outside.js',
    ]
    const climbing = [
      '/../outside.js',
      '/assets/../../outside.js',
      '/assets/..%2f..%2foutside.js',
      '/%2e%2e/x.js',
    ]
    for (const path of [
      ...paths,
      ...climbing,
      '/assets/a-1.js.br',
      '/assets/%00',
      '/api/x',
      '/config.json',
    ]) {
      const answer = await ask(path, { accept: 'text/html' })
      expect(answer.status, path).toBe(404)
      expect(answer.headers.get('content-type'), path).toBe('application/json')
    }
  })

  it('says to a browser that there is nothing, and lets programs be told so in their way', async () => {
    const ask = await served()
    const answer = await ask('/nowhere', { accept: 'text/html,*/*;q=0.8' })
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('<title>Helix</title>')
    expect((await ask('/nowhere')).headers.get('content-type')).toBe('application/json')
    expect((await ask('/nowhere', { accept: 'text/html' }, 'POST')).headers.get('content-type')).toBe(
      'application/json',
    )
  })

  it('is for reading: what is posted goes on', async () => {
    expect(await (await (await served())('/sign-in', {}, 'POST')).text()).toBe('posted')
  })

  it('is not there where it was not built, or is served elsewhere', async () => {
    expect(await openPage(settings, () => publicConfig('embedded'), '/nowhere')).toBeUndefined()
    const elsewhere = { ...settings, web: { ...settings.web, serve: false } }
    expect(await openPage(elsewhere, () => publicConfig('embedded'), builtFolder())).toBeUndefined()
  })
})
