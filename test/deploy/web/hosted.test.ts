import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createJournal } from '../../../src/audit/journal.ts'
import { Secret } from '../../../src/config/secret.ts'
import { hostApi } from '../../../src/host-api.ts'
import { type Bringing, bring, goBackTo, planOf } from '../../../src/release/bring.ts'
import type { PageHost } from '../../../src/release/web/host.ts'
import { netlifyHost } from '../../../src/release/web/hosted/netlify.ts'
import { vercelHost } from '../../../src/release/web/hosted/vercel.ts'
import { readPage } from '../../../src/release/web/page.ts'
import { type PageDeploy, pageTarget } from '../../../src/release/web/target.ts'
import { localHost } from '../../../src/shell/local.ts'
import { headerRules } from '../../../src/web/headers.ts'
import { startNetlify } from './hosts/netlify.ts'
import { startVercel } from './hosts/vercel.ts'
import { GATEWAY, pageArchive } from './pages.ts'

const rules = headerRules({ html: '<script>1</script>', connect: [GATEWAY] })

interface Server {
  url: string
  api: string
  token: string
  trouble: { busy: number; away: number; protects: boolean; forgets: boolean }
  asked: string[]
  deployments: readonly unknown[]
  live(): string | undefined
  stop(): Promise<void>
}
interface Access {
  token?: string
  bypass?: string
  signal: AbortSignal
}

const HOSTS: {
  name: string
  start: () => Promise<Server>
  spoil: (server: Server) => void
  open: (server: Server, access: Access) => PageHost
}[] = [
  {
    name: 'Vercel',
    start: startVercel,
    spoil: (server) => Object.assign(server.trouble, { bad: 'ERROR' }),
    open: ({ url, api, token: real }, { token = real, bypass, signal }) =>
      vercelHost({
        api: hostApi({ name: 'Vercel', url: api, token: new Secret(token), signal, pauseMs: 5 }),
        ...{ project: 'helix', team: 'team_helix', url, protocol: 'http:', everyMs: 5 },
        ...(bypass !== undefined && { bypass: new Secret(bypass) }),
      }),
  },
  {
    name: 'Netlify',
    start: startNetlify,
    spoil: (server) => Object.assign(server.trouble, { bad: true }),
    open: ({ url, api, token: real }, { token = real, signal }) =>
      netlifyHost({
        api: hostApi({ name: 'Netlify', url: api, token: new Secret(token), signal, pauseMs: 5 }),
        ...{ site: 'helix.netlify.app', url, everyMs: 5 },
      }),
  },
]

describe.each(HOSTS)('the page at $name', ({ name, start, spoil, open }) => {
  let server: Server
  let folder: string
  let count = 0
  beforeEach(async () => {
    server = await start()
    folder = await mkdtemp(join(tmpdir(), 'helix-hosted-'))
  })
  afterEach(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const bringing = (): Bringing => {
    count += 1
    return {
      release: `20261125T2200${String(count).padStart(2, '0')}Z-abcdef0`,
      ...{ reason: 'a test', by: 'ana@laptop', actor: 'cli:ana' },
      audit: createJournal(join(folder, 'journal.jsonl')),
      signal: new AbortController().signal,
      onStep: () => {},
    }
  }
  const targetOf = async (text: string, given: Partial<PageDeploy> = {}, access: Partial<Access> = {}) => {
    const archive = await pageArchive(text)
    const { url } = server
    return pageTarget({
      name: 'web',
      archive: archive.sha256,
      built: () => readPage(archive.file),
      ...{ url, watchMs: 0, settleMs: 300, keep: 1, note: () => {} },
      keepers: [{ host: localHost(), folder }],
      open: ([held]) =>
        open(server, { signal: held?.lock.signal ?? new AbortController().signal, ...access }),
      ...given,
    })
  }
  const deploy = async (text: string, given?: Partial<PageDeploy>, access?: Partial<Access>) =>
    (await bring(await targetOf(text, given, access), bringing())).release
  const get = (path: string) => fetch(server.url + path)

  test('serves the document at the addresses of the page, and the headers of the gateway', async () => {
    expect(await deploy('one')).toBe(server.live())
    for (const path of ['/', '/c/4b1d', '/settings/data']) {
      const answer = await get(path)
      expect(await answer.text(), path).toContain('/assets/index-one.js')
      const { 'Cache-Control': _, ...headers } = rules[1]?.headers ?? {}
      for (const [header, value] of Object.entries(headers))
        expect(answer.headers.get(header), `${header} of ${path}`).toBe(value)
      expect(answer.headers.get('cache-control')).toMatch(/no-cache|max-age=0/)
    }
    const script = await get('/assets/index-one.js')
    for (const [header, value] of Object.entries(rules[0]?.headers ?? {}))
      expect(script.headers.get(header), header).toBe(value)
    expect((await get('/assets/index-two.js')).status).toBe(404)
  })

  test('is sent what it lacks, and no more', async () => {
    await deploy('one')
    const before = server.asked.length
    await deploy('two')
    const sent = server.asked.slice(before).filter((asked) => /\/files/.test(asked))
    // Document, script, service worker, note and what tells of headers; neither icon nor manifest.
    expect(sent.length).toBeLessThanOrEqual(5)
    expect(sent.length).toBeGreaterThan(2)
  })

  test('a tab that is open finds its scripts over two more releases, and not over a third', async () => {
    await deploy('one')
    for (const [text, there] of [
      ['two', 200],
      ['three', 200],
      ['four', 404],
    ] as const) {
      await deploy(text)
      expect((await get('/assets/index-one.js')).status, text).toBe(there)
    }
  })

  test('keeps them also where the host has forgotten every file it was sent', async () => {
    await deploy('one')
    if (name === 'Vercel') server.trouble.forgets = true
    await deploy('two')
    expect((await get('/assets/index-one.js')).status).toBe(200)
  })

  test('nobody sees a release before it was asked, and one that cannot be made is dropped', async () => {
    const first = await deploy('one')
    spoil(server)
    await expect(deploy('two')).rejects.toMatchObject({ code: 'deploy_failed' })
    expect(server.live()).toBe(first)
    expect(server.deployments).toHaveLength(1)
  })

  test('a release that people do not get is taken back', async () => {
    const first = await deploy('one')
    await expect(deploy('two', { url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'rolled_back' })
    expect(server.live()).toBe(first)
    expect(await (await get('/')).text()).toContain('index-one.js')
    expect(server.deployments).toHaveLength(1)
  })

  test('a first release that people do not get is taken back, or told to stay', async () => {
    const bad = deploy('one', { url: 'http://127.0.0.1:9' })
    if (name === 'Vercel') {
      await expect(bad).rejects.toMatchObject({ code: 'rolled_back', exit: 5 })
      expect(server.live()).toBeUndefined()
      return
    }
    await expect(bad).rejects.toMatchObject({
      ...{ code: 'rollback_failed', exit: 6 },
      hint: expect.stringContaining('cannot go back to publishing nothing'),
    })
    expect(server.live()).toBeDefined()
  })

  test('a release that is not there is not taken for one that is shown to its owner alone', async () => {
    const host = open(server, { signal: new AbortController().signal })
    await expect(host.ask('nothing', '/')).rejects.toMatchObject({ code: 'host_failed' })
  })

  test('goes back to a release that is still there, and forward again', async () => {
    const [one, two] = [await deploy('one'), await deploy('two')]
    const target = await targetOf('x')
    expect(await goBackTo(target, { ...bringing(), release: one })).toMatchObject({ previous: two })
    expect(server.live()).toBe(one)
    await goBackTo(target, { ...bringing(), release: two })
    expect(server.live()).toBe(two)
    await expect(goBackTo(target, { ...bringing(), release: 'nothing' })).rejects.toMatchObject({
      code: 'precondition_failed',
      hint: expect.stringContaining(one),
    })
    if (name === 'Vercel') {
      expect(server.asked.some((asked) => asked.includes('/rollback/'))).toBe(true)
      expect(server.asked.filter((asked) => asked.includes('/promote/'))).toHaveLength(3)
    }
  })

  test('removes what is neither kept nor to be gone back to', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await deploy(text)
    expect(server.deployments).toHaveLength(3)
  })

  test('is left alone as long as it asks to be, and asked again when it is away', async () => {
    server.trouble.busy = 2
    await deploy('one')
    server.trouble.away = 2
    await deploy('two')
    server.trouble.busy = 1_000
    await expect(deploy('three')).rejects.toMatchObject({ code: 'rate_limited' })
    server.trouble.busy = 0
    server.trouble.away = 1_000
    await expect(deploy('four')).rejects.toMatchObject({ code: 'host_failed' })
  })

  test('says that a token is refused, and tells it nobody', async () => {
    const refused = await deploy('one', {}, { token: 'not-the-token-of-anybody' }).catch(
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ code: 'unauthorized', exit: 10 })
    expect(JSON.stringify(refused)).not.toContain('not-the-token')
    await deploy('one')
    for (const file of ['releases.jsonl', 'journal.jsonl'])
      expect(await readFile(join(folder, file), 'utf8'), file).not.toContain(server.token)
  })

  test('what it shows its owner alone is asked once it serves', async () => {
    server.trouble.protects = true
    const notes: string[] = []
    await deploy('one', { note: (text) => notes.push(text) })
    expect(notes.join()).toContain('asked after the switch')
    if (name === 'Vercel') {
      notes.length = 0
      await deploy('two', { note: (text) => notes.push(text) }, { bypass: 'let-me-in' })
      expect(notes).toEqual([])
    }
  })

  test('a plan says what would be asked of it, and asks for nothing', async () => {
    const { changes } = await planOf(await targetOf('one'), bringing())
    expect(changes.map(({ step }) => step)).toEqual(['upload', 'probe', 'switch', 'watch'])
    expect(server.asked.filter((asked) => !asked.startsWith('GET'))).toEqual([])
  })
})
