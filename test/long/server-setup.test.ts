import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { gatewayFiles, pack } from '../deploy/archive.ts'
import { type BareServer, startBareServer, trustInterface } from '../deploy/bare.ts'
import { type } from '../deploy/typed.ts'
import { acmeUnavailable, type CertificateAuthority, startAuthority } from '../support/acme.ts'
import { bareUnavailable } from '../support/bare-debian.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import type { Vps } from '../support/vps.ts'

const missing = bareUnavailable ?? postgresUnavailable
const NAME = 'api.helix.test'
const PERSON = { email: 'ana@example.com', password: 'correct horse battery' }

describe.skipIf(missing)(`helix server setup on a bare Debian${missing ? ` (${missing})` : ''}`, () => {
  let server: BareServer
  let vps: Vps
  let project: string

  beforeAll(async () => {
    server = await startBareServer((target) => ({
      domains: { api: NAME },
      deploy: { gateway: { type: 'ssh', ...target }, watchMs: 1_000 },
    }))
    ;({ vps, project } = server)
  }, 300_000)
  afterAll(() => server?.close(), 60_000)

  const setUp: BareServer['setUp'] = (...args) => server.setUp(...args)

  /** Asks the site as somebody who resolves its name does. */
  const ask = async (path: string, { ca, body, headers }: Asked = {}) => {
    const lookup = (_name: string, _options: unknown, found: Found) =>
      found(null, [{ address: vps.address, family: 4 }])
    const dispatcher = new Agent({
      connect: { lookup, ...(ca && { ca }) } as NonNullable<Agent.Options['connect']>,
    })
    const answer = await request(`${ca ? 'https' : 'http'}://${NAME}${path}`, {
      dispatcher,
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  }

  test('says what it would do, and does none of it', async () => {
    const { tasks, done } = await setUp('--dry-run')
    expect(tasks.length).toBeGreaterThan(6)
    expect(done).toEqual([])
    expect(vps.asRoot('command -v nginx || id deploy 2>&1 || true')).toContain('no such user')
  }, 60_000)

  test('does it once', async () => {
    const { tasks, done } = await setUp('--firewall', '--yes')
    // What an image brings is there already.
    expect(done).toEqual(tasks.filter(({ there }) => !there).map(({ what }) => what))
    expect((await setUp('--firewall', '--yes')).done).toEqual([])
    expect(vps.asRoot('ufw status')).toMatch(/^Status: active/)
  }, 300_000)

  test('leaves a machine that takes a release, and answers', async () => {
    const { file } = pack(gatewayFiles())
    const deployed = await type(project, ['deploy', 'gateway', '--archive', file, '--json'])
    expect(deployed.stderr + deployed.stdout).toContain('"ok":true')
    expect(await ask('/health')).toMatchObject({ status: 200 })
  }, 240_000)

  describe.skipIf(acmeUnavailable)(
    `with a certificate${acmeUnavailable ? ` (${acmeUnavailable})` : ''}`,
    () => {
      let authority: CertificateAuthority
      const mail = () => ['--mail', 'ops@example.com', '--acme-server', authority.directory]

      beforeAll(async () => {
        authority = await startAuthority(vps.home, vps.address)
        trustInterface(vps, authority)
      })
      afterAll(() => authority?.stop())

      test('asks for one, and brings it in without a gap', async () => {
        const { done } = await setUp(...mail(), '--yes')
        expect(done).toEqual([
          expect.stringMatching(/^install .*certbot/),
          expect.stringContaining(`ask ${authority.directory}`),
          `let nginx send https://${NAME} to Helix`,
        ])
        expect((await setUp(...mail(), '--yes')).done).toEqual([])
        expect(await ask('/health', { ca: authority.root })).toMatchObject({ status: 200 })
        expect(await ask('/api/x')).toMatchObject({
          status: 301,
          headers: { location: `https://${NAME}/api/x` },
        })
      }, 240_000)

      test('renews it by itself', async () => {
        const serial = () =>
          vps.asRoot(`openssl x509 -noout -serial -in /etc/letsencrypt/live/${NAME}/cert.pem`)
        const before = serial()
        vps.asRoot('certbot renew -q --force-renewal --no-random-sleep-on-renew')
        expect(serial()).not.toBe(before)
        expect(vps.asRoot('systemctl is-enabled certbot.timer')).toBe('enabled\n')
        expect(await ask('/health', { ca: authority.root })).toMatchObject({ status: 200 })
      }, 60_000)

      test('keeps it when set up again without', async () => {
        expect((await setUp('--yes')).done).toEqual([])
      }, 60_000)

      test('serves whoever signs up, with the command on the machine for the mail', async () => {
        const { root: ca } = authority
        const { anonKey } = JSON.parse((await ask('/config.json', { ca })).text)
        const headers = { apikey: anonKey }
        expect(await ask('/auth/v1/signup', { ca, headers, body: PERSON })).toMatchObject({ status: 200 })
        // The mail goes out behind the answer.
        const link = await vi.waitFor(
          () => vps.asRoot(`runuser -u deploy -- /home/deploy/helix/helix user link ${PERSON.email}`),
          { timeout: 20_000, interval: 1_000 },
        )
        const verify = /https:\/\/\S+/.exec(link)?.[0] ?? ''
        expect((await ask(verify.slice(`https://${NAME}`.length), { ca })).status).toBe(303)
        const signedIn = await ask('/auth/v1/token?grant_type=password', { ca, headers, body: PERSON })
        const authorization = `Bearer ${JSON.parse(signedIn.text).access_token}`
        const chat = { message: 'Hello, Helix!', clientMessageId: randomUUID() }
        const accept = 'text/event-stream'
        const reply = await ask('/api/chat/message', { ca, headers: { authorization, accept }, body: chat })
        expect(reply.text).toMatch(/^event: done$/m)
      }, 60_000)
    },
  )
})

interface Asked {
  /** Certificate to trust; without one the site is asked over HTTP. */
  ca?: string
  body?: object
  headers?: Record<string, string>
}
type Found = (error: null, addresses: { address: string; family: number }[]) => void
