import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/config/package.ts'
import type { Archive } from '../../src/release/archive.ts'
import { type HeaderRule, ruleFor } from '../../src/web/hosts.ts'
import { nginxUnavailable, startNginx } from '../deploy/web/nginx.ts'
import { packedPage } from '../deploy/web/pages.ts'
import { freePort } from '../support/free-port.ts'
import { startTestGateway } from '../support/gateway.ts'
import { helix } from '../support/host.ts'
import { tempProject } from '../support/project.ts'
import { sshdUnavailable, startSshd } from '../support/sshd.ts'
import { expectAccessible } from './support/axe.ts'
import { describeServed } from './support/browser.ts'

const lacks = [nginxUnavailable, sshdUnavailable].filter((lack) => lack !== null)

/** The status page as `helix build web` packs it, for a gateway. */
async function builtFor(gateway: string): Promise<{ archive: Archive; rules: HeaderRule[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'helix-status-'))
  const root = packageRoot()
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const words = [vite, 'build', 'web/status', '--outDir', folder, '--logLevel', 'error']
  await promisify(execFile)(process.execPath, words, {
    cwd: root,
    env: { ...process.env, VITE_API_URL: gateway },
  })
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.flatMap((name) =>
    statSync(join(folder, name)).isFile() && !name.startsWith('.vite')
      ? [[name, readFileSync(join(folder, name))] as const]
      : [],
  )
  const rules = JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8')) as HeaderRule[]
  rmSync(folder, { recursive: true })
  return { archive: await packedPage('copy', 'status', new Map(files)), rules }
}

/** A gateway, and an nginx elsewhere that has no part in it. */
async function start() {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const gateway = await startTestGateway({ engine: 'pglite', settings: { web: { origins: [origin] } } })
  const { archive, rules } = await builtFor(gateway.url)
  const [nginx, sshd] = [await startNginx(rules, 'status', port), await startSshd()]
  nginx.know(ruleFor(rules, '/')?.headers['Content-Security-Policy'] ?? '')
  let up = true
  const down = async () => {
    if (up) await gateway.close()
    up = false
  }
  return {
    url: nginx.url,
    gateway: gateway.url,
    archive,
    target: { type: 'static', ...ssh(sshd), folder: nginx.pages, url: nginx.url },
    down,
    async close() {
      await down()
      await Promise.all([nginx.stop(), sshd.stop()])
    },
  }
}

const ssh = ({ host, stop: _, ...access }: Awaited<ReturnType<typeof startSshd>>) => ({
  hosts: [host],
  ...access,
})

if (lacks.length > 0) it.skip(`the copy of the status page (${lacks.join(', ')})`, () => {})
else
  describeServed('the copy of the status page', start, (web) => {
    const type = (...argv: string[]) => {
      const { target, gateway } = web.gateway
      const config = { deploy: { status: target, watchMs: 0 } }
      const root = tempProject({
        'package.json': '{"name":"helix","version":"0.1.0"}',
        'helix.config.mjs': `export default ${JSON.stringify(config)}`,
      })
      const environment = { PATH: process.env.PATH ?? '', HELIX_URL: gateway, VITE_API_URL: gateway }
      return helix([...argv, '--env', 'production'], { cwd: root, environment })
    }
    const look = (options: Parameters<typeof web.visit>[1] = {}) =>
      web.visit('/', { locale: 'en-US', expected: [/Failed to load resource/, /failed: net::/], ...options })

    it('tells of an outage while the gateway is down: since when, and what was last known', {
      retry: 0,
      timeout: 120_000,
    }, async () => {
      const brought = await type('deploy', 'status', '--archive', web.gateway.archive.file)
      expect([brought.exit, brought.stderr]).toEqual([0, expect.any(String)])

      const page = await look({ expected: [] })
      await page.getByRole('heading', { name: 'Everything works.' }).waitFor()
      expect(await page.getByRole('list', { name: 'Gateway, the last 90 days' }).count()).toBe(1)
      expect(await page.evaluate(() => fetch('/status.json').then((r) => r.json()))).toMatchObject({
        awaySince: null,
        status: { status: 'ok' },
      })
      await expectAccessible(page)
      const well = await type('health', '--tries', '1')
      expect([well.exit, well.stdout]).toEqual([0, expect.stringContaining('the status page was told')])

      await web.gateway.down()
      // Who never saw the page before has nothing kept on their device.
      const early = await look()
      await early.getByRole('heading', { name: 'How Helix is cannot be told just now.' }).waitFor()
      await early.getByText('Looked at from elsewhere it answered', { exact: false }).waitFor()

      const seen = await type('health', '--tries', '1', '--timeout', '2', '--quiet')
      expect([seen.exit, seen.stderr]).toEqual([1, expect.stringContaining('Not well')])
      for (const [name, options] of [
        ['light', {}],
        ['dark', { colorScheme: 'dark' }],
        ['phone', { viewport: { width: 390, height: 844 } }],
      ] as const) {
        const away = await look(options)
        await away.getByRole('heading', { name: 'Helix cannot be reached.' }).waitFor()
        await away.getByText('the gateway has not answered since', { exact: false }).waitFor()
        await away.getByText('The last known picture:', { exact: false }).waitFor()
        expect(await away.getByRole('list', { name: 'Database, the last 90 days' }).count()).toBe(1)
        expect(await away.getByText('down', { exact: true }).count()).toBe(1)
        expect(await away.getByText('works', { exact: true }).count()).toBe(0)
        expect(
          await away.evaluate(
            () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
          ),
        ).toBe(true)
        if (name === 'light') await expectAccessible(away)
      }
    })
  })
