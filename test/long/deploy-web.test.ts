import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { chromium } from 'playwright-core'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { gatewayFiles, pack } from '../deploy/archive.ts'
import { type BareServer, startBareServer, trustInterface } from '../deploy/bare.ts'
import { type Desk, type Typed, type } from '../deploy/typed.ts'
import { packedPage } from '../deploy/web/pages.ts'
import { acmeUnavailable, type CertificateAuthority, startAuthority } from '../support/acme.ts'
import { bareUnavailable } from '../support/bare-debian.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { program as browser } from '../web/support/browser.ts'
import { ended, lastReply, say } from '../web/support/chat.ts'
import { watchFaults } from '../web/support/faults.ts'
import { buildInto } from '../web/support/other-host.ts'

const missing = bareUnavailable ?? postgresUnavailable ?? acmeUnavailable
const API = 'api.helix.test'
const WEB = 'helix.test'
const PERSON = { email: 'ana@example.com', password: 'correct horse battery staple' }

describe.skipIf(missing)(`page and gateway on one server${missing ? ` (${missing})` : ''}`, () => {
  let server: BareServer
  let authority: CertificateAuthority
  /** Two builds of the page beside one of the gateway, as `helix build all` leaves them. */
  let builds: [Build, Build]
  let desk: Desk
  let first: string

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'helix-page-'))
    const built = buildInto(folder, { VITE_API_URL: `https://${API}` })
    server = await startBareServer((target) => ({
      domains: { api: API, web: WEB },
      deploy: {
        gateway: { type: 'ssh', ...target },
        web: { type: 'static', ...target },
        watchMs: 4_000,
      },
    }))
    const { vps } = server
    authority = await startAuthority(vps.home, vps.address)
    trustInterface(vps, authority)
    desk = deskAt(vps.address)
    const gateway = pack(gatewayFiles()).file
    await built
    builds = [await releaseOf(gateway, folder, 'one'), await releaseOf(gateway, folder, 'two')]
  }, 300_000)
  afterAll(async () => {
    authority?.stop()
    await server?.close()
  }, 60_000)

  /** A desk that knows where the names lead, and trusts the authority. */
  function deskAt(address: string): Desk {
    const [hosts, trusted] = [join(server.project, 'hosts'), join(server.project, 'root.pem')]
    writeFileSync(hosts, `127.0.0.1 localhost\n${address} ${API} ${WEB}\n`)
    writeFileSync(trusted, authority.root)
    return { hosts, trusted }
  }

  /** @param text what this build is told apart by, in its document too */
  async function releaseOf(gateway: string, folder: string, text: string): Promise<Build> {
    const release = await mkdtemp(join(tmpdir(), 'helix-built-'))
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    const files = new Map(paths.map((path) => [path, readFileSync(join(folder, path))]))
    const html = `${files.get('index.html')}<!-- ${text} -->\n`
    for (const name of files.keys()) if (name.startsWith('index.html.')) files.delete(name)
    const page = await packedPage(text, 'web', files.set('index.html', Buffer.from(html)))
    const artefacts = [
      { artefact: 'gateway', file: relative(release, gateway), node: { platform: 'linux-x64' } },
      { artefact: 'web', file: relative(release, page.file), node: null },
    ]
    writeFileSync(join(release, 'manifest.json'), JSON.stringify({ artefacts }))
    return { folder: release, page: page.file }
  }

  const typed = (args: string[], watch?: Parameters<typeof type>[2]) =>
    type(server.project, args, watch, desk)
  const deploy = ({ folder }: Build, watch?: Parameters<typeof type>[2]) =>
    typed(['deploy', 'all', '--built', folder, '--json'], watch)
  function dataOf({ stdout, stderr }: Typed) {
    expect(stderr + stdout).toContain('"ok":true')
    return JSON.parse(stdout).data
  }

  /** Asks as somebody who resolves the names, and trusts the authority alone. */
  async function ask(url: string) {
    const lookup = (_name: string, _options: unknown, found: Found) =>
      found(null, [{ address: server.vps.address, family: 4 }])
    const connect = { lookup, ca: authority.root } as NonNullable<Agent.Options['connect']>
    const { statusCode, headers, body } = await request(url, { dispatcher: new Agent({ connect }) })
    return { status: statusCode, headers, text: await body.text() }
  }

  /** Which release people get of the page, and of the gateway. */
  async function serves(): Promise<[page: string, gateway: string]> {
    const told = await Promise.all([`https://${WEB}/release.json`, `https://${API}/health`].map(ask))
    const [page, gateway] = told.map(({ text }) => (JSON.parse(text) as { release: string }).release)
    return [page ?? '', gateway ?? '']
  }

  test('are prepared for by one command, a certificate for each, and once', async () => {
    const certificate = ['--mail', 'ops@example.com', '--acme-server', authority.directory]
    const words = ['--web', '--page', builds[0].page, ...certificate]
    expect((await server.setUp(...words, '--yes')).done.length).toBeGreaterThan(8)
    expect((await server.setUp(...words, '--yes')).done).toEqual([])
  }, 240_000)

  test('come as one release, whose replies were seen to stream through TLS', async () => {
    const brought = await deploy(builds[0])
    first = dataOf(brought).release
    expect(await serves()).toEqual([first, first])
    expect(brought.stderr).toMatch(
      /probe: done \(a reply streamed through https:\/\/api\.helix\.test, the web/,
    )
    const { status, headers } = await ask(`https://${WEB}/settings/data`)
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain(`https://${API}`)
    expect(headers['strict-transport-security']).toBeDefined()
  }, 120_000)

  test.skipIf(!browser)(
    `let somebody sign up, and read a reply while it is written${browser ? '' : ' (no browser is installed)'}`,
    async () => {
      const { address, asRoot } = server.vps
      const args = ['--no-sandbox', `--host-resolver-rules=MAP *.test ${address}`]
      const opened = await chromium.launch({ executablePath: browser ?? '', args })
      try {
        // It knows the authorities of the system alone; that the certificate is good was seen by the deploy.
        const page = await opened.newPage({ ignoreHTTPSErrors: true, serviceWorkers: 'block' })
        const faults: string[] = []
        watchFaults(page, faults, [/Service Worker registration blocked/])
        await page.goto(`https://${WEB}/sign-up`)
        await page.getByLabel('E-mail').fill(PERSON.email)
        await page.getByLabel('Password', { exact: true }).fill(PERSON.password)
        await page.getByRole('button', { name: 'Create an account' }).click()
        await page.getByRole('heading', { name: 'Look at your mail' }).waitFor()
        // The mail goes out behind the answer.
        const mail = await vi.waitFor(
          () => asRoot(`runuser -u deploy -- /home/deploy/helix/helix user link ${PERSON.email}`),
          { timeout: 20_000, interval: 1_000 },
        )
        await page.goto(/https:\/\/\S+/.exec(mail)?.[0] ?? '')
        await page.getByRole('button', { name: PERSON.email }).waitFor()
        expect(new URL(page.url()).host).toBe(WEB)
        await say(page, 'Hello, Helix!')
        await lastReply(page).getByText('word1 ').waitFor()
        expect(await page.getByRole('button', { name: 'Stop the reply' }).isVisible()).toBe(true)
        await ended(page)
        expect(await lastReply(page).innerText()).toContain('word30 ')
        expect(faults).toEqual([])
      } finally {
        await opened.close()
      }
    },
    90_000,
  )

  test('go back both where people do not get the page any more as it was brought', async () => {
    let broken = false
    const bad = await deploy(builds[1], (stderr) => {
      if (broken || !stderr.includes('watch: begin')) return
      broken = true
      // After it was seen to be good once, so that this is no lag of the switch.
      setTimeout(() => server.vps.asRoot('echo other > /home/deploy/helix-web/current/index.html'), 1_000)
    })
    expect(bad).toMatchObject({ code: 5 })
    expect(JSON.parse(bad.stdout)).toMatchObject({ code: 'rolled_back', details: { previous: first } })
    expect(await serves()).toEqual([first, first])
    expect(server.vps.asRoot('ls /home/deploy/helix/releases /home/deploy/helix-web/releases')).not.toContain(
      JSON.parse(bad.stdout).details.release,
    )
  }, 120_000)

  test('go back together to the release before, and the page alone where it came alone', async () => {
    const second = dataOf(await deploy(builds[1])).release
    expect(await serves()).toEqual([second, second])
    expect(dataOf(await typed(['rollback', '--json']))).toMatchObject({ release: first, previous: second })
    expect(await serves()).toEqual([first, first])
    const alone = await typed(['deploy', 'web', '--archive', builds[1].page, '--json'])
    const third = dataOf(alone).release
    expect(await serves()).toEqual([third, first])
    expect(dataOf(await typed(['rollback', '--part', 'web', '--json']))).toMatchObject({ previous: third })
    expect(await serves()).toEqual([first, first])
  }, 180_000)
})

interface Build {
  folder: string
  /** The packed page in it. */
  page: string
}
type Found = (error: null, addresses: { address: string; family: number }[]) => void
