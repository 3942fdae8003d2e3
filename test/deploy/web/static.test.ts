import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createJournal } from '../../../src/audit/journal.ts'
import { type Bringing, bring, goBackTo, goOn, planOf } from '../../../src/release/bring.ts'
import { progressOf } from '../../../src/release/progress.ts'
import { readPage } from '../../../src/release/web/page.ts'
import { staticHost } from '../../../src/release/web/static/host.ts'
import { type PageDeploy, pageTarget } from '../../../src/release/web/target.ts'
import { localHost } from '../../../src/shell/local.ts'
import { headerRules } from '../../../src/web/headers.ts'
import { nginxUnavailable, startNginx } from './nginx.ts'
import { GATEWAY, pageArchive } from './pages.ts'

const rules = headerRules({ html: '<script>1</script>', connect: [GATEWAY] })
const OTHER = 'https://api.other.example'

describe.skipIf(nginxUnavailable)(
  `the page on nginx${nginxUnavailable ? ` (${nginxUnavailable})` : ''}`,
  () => {
    let nginx: Awaited<ReturnType<typeof startNginx>>
    let folder: string
    let count = 0

    beforeEach(async () => {
      nginx = await startNginx(rules)
      folder = await mkdtemp(join(tmpdir(), 'helix-static-'))
    })
    afterEach(async () => {
      await nginx.stop()
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
    const deployOf = async (text: string, given: Partial<PageDeploy> = {}, connect?: readonly string[]) => {
      const archive = await pageArchive(text, connect)
      const { url, pages, policies } = nginx
      return pageTarget({
        name: 'web',
        archive: archive.sha256,
        built: () => readPage(archive.file),
        ...{ url, watchMs: 0, settleMs: 500, keep: 1, note: () => {} },
        keepers: [{ host: localHost(), folder: pages }],
        open: (places) => staticHost({ places, url, policies }),
        ...given,
      })
    }
    const deploy = async (text: string, given?: Partial<PageDeploy>, connect?: readonly string[]) =>
      (await bring(await deployOf(text, given, connect), bringing())).release
    const get = (path: string) => fetch(nginx.url + path)
    const serves = async () => ((await (await get('/release.json')).json()) as { release: string }).release

    test('serves the document at the addresses of the page, and the headers of the gateway', async () => {
      const release = await deploy('one')
      expect(await serves()).toBe(release)
      for (const path of ['/', '/c/4b1d', '/settings/data']) {
        const answer = await get(path)
        expect(await answer.text()).toContain('/assets/index-one.js')
        for (const [name, value] of Object.entries(rules[1]?.headers ?? {}))
          expect(answer.headers.get(name), `${name} of ${path}`).toBe(value)
      }
      const script = await get('/assets/index-one.js')
      expect(script.headers.get('content-encoding')).toBe('gzip')
      for (const [name, value] of Object.entries(rules[0]?.headers ?? {}))
        expect(script.headers.get(name), name).toBe(value)
      expect(await get('/manifest.webmanifest').then(({ headers }) => headers.get('content-type'))).toBe(
        'application/manifest+json',
      )
    })

    test('a file that is missing stays missing, and nobody keeps that for long', async () => {
      await deploy('one')
      const missing = await get('/assets/index-two.js')
      expect(missing.status).toBe(404)
      expect(missing.headers.get('cache-control')).toBeNull()
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
      expect((await get('/assets/index-two.js')).headers.get('content-encoding')).toBe('gzip')
    })

    test('is not noticed by people who load it meanwhile', async () => {
      await deploy('one')
      let asked = 0
      const failed: string[] = []
      const over = new AbortController()
      const people = Array.from({ length: 4 }, async () => {
        while (!over.signal.aborted) {
          const html = await (await get('/')).text()
          const [script] = /assets\/index-\w+\.js/.exec(html) ?? ['nothing']
          const answer = await get(`/${script}`)
          await answer.arrayBuffer()
          if (answer.status !== 200) failed.push(script)
          asked += 1
        }
      })
      for (let round = 0; round < 5; round += 1) await deploy(`round${round}`)
      over.abort()
      await Promise.all(people)
      expect(failed).toEqual([])
      expect(asked).toBeGreaterThan(100)
    })

    test('a page that nginx would let do something else is refused before anything is changed', async () => {
      const first = await deploy('one')
      const refused = await deploy('two', {}, [OTHER]).catch((error: unknown) => error)
      expect(refused).toMatchObject({
        code: 'precondition_failed',
        hint: expect.stringContaining('helix server setup'),
      })
      expect(await serves()).toBe(first)
    })

    test('once nginx knows it, files and policy change at once, also on the way back', async () => {
      const first = await deploy('one')
      const [, wanted] = headerRules({ html: '<script>1</script>', connect: [OTHER] })
      nginx.know(wanted?.headers['Content-Security-Policy'] ?? '')
      nginx.reload()
      await expect
        .poll(() => deploy('two', {}, [OTHER]).catch(() => undefined), { timeout: 15_000 })
        .toBeDefined()
      expect((await get('/')).headers.get('content-security-policy')).toContain(OTHER)
      await goBackTo(await deployOf('one'), { ...bringing(), release: first })
      const back = await get('/')
      expect(await back.text()).toContain('index-one.js')
      expect(back.headers.get('content-security-policy')).toContain(GATEWAY)
    })

    test('a release that people do not get is taken back', async () => {
      const first = await deploy('one')
      const gone = await deploy('two', { url: 'http://127.0.0.1:9' }).catch((error: unknown) => error)
      expect(gone).toMatchObject({ code: 'rolled_back', exit: 5 })
      expect(await serves()).toBe(first)
      expect(readdirSync(join(nginx.pages, 'releases'))).toEqual([first])
    })

    test('the first release that is bad leaves nothing behind', async () => {
      await expect(deploy('one', { url: 'http://127.0.0.1:9' })).rejects.toMatchObject({
        code: 'rolled_back',
      })
      expect((await get('/')).status).toBe(404)
      expect(readdirSync(join(nginx.pages, 'releases'))).toEqual([])
    })

    test('a machine that never served the page comes along, and serves nothing again where that is undone', async () => {
      const first = await deploy('one')
      const other = join(folder, 'other')
      mkdirSync(join(other, 'releases'), { recursive: true })
      const [one, two] = [
        { host: localHost(), folder: nginx.pages },
        { host: { ...localHost(), name: 'other' }, folder: other },
      ]
      for (const keepers of [
        [one, two],
        [two, one],
      ]) {
        const bad = deploy('two', { keepers, url: 'http://127.0.0.1:9' })
        await expect(bad).rejects.toMatchObject({ code: 'rolled_back' })
        expect(await serves()).toBe(first)
        expect(existsSync(join(other, 'current'))).toBe(false)
      }
      const second = await deploy('two', { keepers: [one, two] })
      for (const each of [nginx.pages, other])
        expect(readlinkSync(join(each, 'current'))).toBe(`releases/${second}/page`)
      symlinkSync('releases/none/page', join(other, 'new'))
      renameSync(join(other, 'new'), join(other, 'current'))
      await expect(deploy('three', { keepers: [one, two] })).rejects.toMatchObject({
        message: `localhost serves ${second}, other serves none`,
      })
      await deploy('three')
      await goBackTo(await deployOf('x', { keepers: [one, two] }), { ...bringing(), release: second })
      expect(readlinkSync(join(other, 'current'))).toBe(`releases/${second}/page`)
    })

    test('keeps as many as it is told, and goes back to one of them', async () => {
      const [one, two] = [await deploy('one'), await deploy('two')]
      const [three, four] = [await deploy('three'), await deploy('four')]
      expect(readdirSync(join(nginx.pages, 'releases')).sort()).toEqual([two, three, four])
      const target = await deployOf('x')
      expect(await goBackTo(target, { ...bringing(), release: three })).toMatchObject({ previous: four })
      expect(await serves()).toBe(three)
      await expect(goBackTo(target, { ...bringing(), release: one })).rejects.toMatchObject({
        code: 'precondition_failed',
      })
    })

    test('killed in the switch, it is finished by going on, or taken back', async () => {
      const first = await deploy('one')
      for (const undo of [true, false]) {
        const target = await deployOf(`two${undo}`)
        const dying = bringing()
        await new Promise<void>((resolve) => {
          const died = {
            ...target,
            async hold(...args: Parameters<typeof target.hold>) {
              const held = await target.hold(...args)
              const steps: typeof held.steps = (passage) =>
                held.steps(passage).map((step) => {
                  if (step.name !== 'watch') return step
                  return {
                    ...step,
                    async run() {
                      await held.giveBack()
                      resolve()
                      return new Promise<undefined>(() => {})
                    },
                  }
                })
              return { ...held, steps }
            },
          }
          void bring(died, dying)
        })
        expect(await serves()).toBe(dying.release)
        await expect(bring(await deployOf('three'), bringing())).rejects.toMatchObject({
          code: 'precondition_failed',
          next: expect.arrayContaining(['helix deploy web --resume']),
        })
        await goOn(target, bringing(), { undo })
        expect(await serves()).toBe(undo ? first : dying.release)
      }
      const states = progressOf(await (await deployOf('x')).journal.read()).map(({ state }) => state)
      expect(states).toEqual(['live', 'undone', 'live'])
    })

    test('a plan names every command, and changes nothing', async () => {
      const first = await deploy('one')
      const { previous, changes } = await planOf(await deployOf('two'), bringing())
      expect(previous).toBe(first)
      expect(changes.map(({ step }) => step)).toEqual(['upload', 'probe', 'switch', 'watch'])
      expect(changes[0]?.command).toContain('tar -xf')
      expect(readlinkSync(join(nginx.pages, 'current'))).toBe(`releases/${first}/page`)
      expect(readdirSync(join(nginx.pages, 'releases'))).toEqual([first])
    })
  },
)
