import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/config/package.ts'
import { startNetlify } from '../deploy/web/hosts/netlify.ts'
import { startVercel } from '../deploy/web/hosts/vercel.ts'
import { pageFiles } from '../deploy/web/pages.ts'

/**
 * The servers that stand for Vercel and Netlify are only worth as much as they are like them: so the command lines of
 * both, which are made for the real ones, must get along with them.
 */
const TOOLS = process.env.HELIX_HOSTING_CLIS ?? join(packageRoot(), '.cache/hosting-clis')
const cli = (name: string) => join(TOOLS, 'node_modules/.bin', name)
const missing = (name: string) => (existsSync(cli(name)) ? '' : ` (no ${name} in ${TOOLS})`)

let stop = async () => {}
afterEach(() => stop())

function folderOf(files: Iterable<readonly [string, Buffer | string]>): string {
  const folder = mkdtempSync(join(tmpdir(), 'helix-cli-'))
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

function type(name: string, cwd: string, args: string[], env: Record<string, string>) {
  const home = mkdtempSync(join(tmpdir(), 'helix-home-'))
  const { PATH = '' } = process.env
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd, env: { PATH, HOME: home, CI: '1', NO_COLOR: '1', ...env }, timeout: 90_000 }
    execFile(cli(name), args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}

test.skipIf(missing('vercel'))(
  `the vercel command line deploys to what stands for Vercel, and goes back${missing('vercel')}`,
  async () => {
    const server = await startVercel()
    stop = server.stop
    const page = (text: string) =>
      [...pageFiles(text)].map(([path, content]) => [`.vercel/output/static/${path}`, content] as const)
    const config = JSON.stringify({ version: 3, routes: [{ handle: 'filesystem' }] })
    const env = { VERCEL_ORG_ID: server.team, VERCEL_PROJECT_ID: 'prj_helix', VERCEL_TELEMETRY_DISABLED: '1' }
    const common = ['--token', server.token, '--api', server.api, '--yes']
    for (const text of ['one', 'two']) {
      const folder = folderOf([...page(text), ['.vercel/output/config.json', config]])
      const ran = await type('vercel', folder, ['deploy', '--prebuilt', '--prod', ...common], env)
      expect(ran, ran.stderr).toMatchObject({ code: 0 })
      expect(await (await fetch(server.url)).text()).toContain(`index-${text}.js`)
    }
    const [first] = server.deployments
    const back = await type('vercel', tmpdir(), ['rollback', first?.id ?? '', ...common], env)
    expect(back, back.stderr).toMatchObject({ code: 0 })
    expect(await (await fetch(server.url)).text()).toContain('index-one.js')
    const [, second] = server.deployments
    const forward = await type('vercel', tmpdir(), ['promote', second?.id ?? '', ...common], env)
    expect(forward, forward.stderr).toMatchObject({ code: 0 })
    expect(await (await fetch(server.url)).text()).toContain('index-two.js')
    const refused = await type(
      'vercel',
      tmpdir(),
      ['deploy', '--prod', '--token', 'none', '--api', server.api, '--yes'],
      env,
    )
    expect(refused.code).not.toBe(0)
  },
  180_000,
)

test.skipIf(missing('netlify'))(
  `the netlify command line deploys to what stands for Netlify${missing('netlify')}`,
  async () => {
    const server = await startNetlify()
    stop = server.stop
    const env = {
      NETLIFY_API_URL: `${server.api}/api/v1`,
      NETLIFY_AUTH_TOKEN: server.token,
      NETLIFY_TELEMETRY_DISABLED: '1',
    }
    const folder = folderOf([...pageFiles('one')].map(([path, content]) => [`dist/${path}`, content]))
    const args = ['deploy', '--no-build', '--dir', 'dist', '--json', '--site', 'helix']
    const draft = await type('netlify', folder, args, env)
    expect(draft, draft.stderr).toMatchObject({ code: 0 })
    expect(server.live()).toBeUndefined()
    const ran = await type('netlify', folder, [...args, '--prod'], env)
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    // Headers and addresses it sends as a netlify.toml of its own, which only Netlify reads.
    expect(await (await fetch(server.url)).text()).toContain('index-one.js')
    const refused = await type('netlify', folder, args, { ...env, NETLIFY_AUTH_TOKEN: 'none' })
    expect(refused.code).not.toBe(0)
  },
  180_000,
)
