import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { script } from '../../src/shell/script.ts'
import { type Archive, gatewayFiles, pack, packWith } from '../deploy/archive.ts'
import { startMachine } from '../deploy/machine.ts'
import { startTraffic } from '../deploy/traffic.ts'
import { expectNone, servedBy, unnoticed } from '../deploy/unnoticed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable

describe.skipIf(missing)(
  `a deploy to a machine with systemd and nginx${missing ? ` (${missing})` : ''}`,
  () => {
    let machine: Awaited<ReturnType<typeof startMachine>>
    let files: string
    let good: Archive
    let token: string

    beforeAll(async () => {
      files = gatewayFiles()
      good = pack(files)
      machine = await startMachine()
      await machine.deploy(good)
      token = await machine.person()
    }, 180_000)
    afterAll(() => machine?.stop(), 60_000)

    const answers = () => servedBy(machine.url)
    const unseen = (act: () => Promise<unknown>) => unnoticed(machine, token, act)

    test('is not noticed by people who use it', async () => {
      await unseen(async () => {
        for (let round = 0; round < 3; round += 1) expect(await machine.deploy(good)).toBe(await answers())
      })
    }, 120_000)

    test('through a proxy that holds streams back ends before anybody is sent to the release', async () => {
      const before = await answers()
      const site = '/etc/nginx/sites-enabled/helix'
      // What many a guide to nginx ends with: HTTP/1.0 to the gateway, and buffers.
      machine.vps.asRoot(`cp ${site} /root/site
sed -i '/proxy_http_version/d; s/proxy_buffering off;/proxy_ignore_headers X-Accel-Buffering;/' ${site}
nginx -t -q && systemctl reload nginx`)
      const failure = await machine.deploy(good).catch((error: unknown) => error)
      machine.vps.asRoot(`cp /root/site ${site} && systemctl reload nginx`)
      expect(failure).toMatchObject({
        code: 'rolled_back',
        hint: expect.stringMatching(/do not stream.* came within \d+ ms/s),
      })
      const { release } = (await machine.journal.read()).at(-1) ?? {}
      const steps = (await machine.journal.read()).filter((each) => each.release === release)
      expect(steps.map(({ step }) => step)).not.toContain('switch')
      expect(await answers()).toBe(before)
    }, 60_000)

    test('leaves no way to a release that people are not sent to', async () => {
      expect(machine.vps.asRoot(`find ${machine.folder}/run -name 'probe.*'`)).toBe('')
      const named = await fetch(`${machine.url}/health`, { headers: { 'x-helix-release': 'r1' } })
      expect(((await named.json()) as { release: string }).release).toBe(machine.live())
      expect((await fetch(`${machine.url}/health/probe/${'a'.repeat(30)}`)).status).toBe(502)
      expect((await fetch(`${machine.url}/health/probe/..%2fgateway.sock`)).status).toBe(404)
    })

    test('ends on the machine what a signal or the clock ends here', async () => {
      const stop = new AbortController()
      const ended = machine.host.run(script('sleep 61; touch "$1"', '/tmp/over'), { signal: stop.signal })
      const sleeping = () => machine.vps.asRoot('ps -u deploy -o args= | grep -c "^sleep 61" || true').trim()
      await expect.poll(sleeping, { timeout: 15_000 }).toBe('1')
      stop.abort('SIGINT')
      await expect(ended).rejects.toBe('SIGINT')
      expect(sleeping()).toBe('0')
      await expect(machine.host.run(script('sleep 61'), { timeoutMs: 500 })).rejects.toMatchObject({
        code: 'host_timeout',
        details: { ended: true },
      })
      expect(sleeping()).toBe('0')
    }, 60_000)

    test('of a release that ends as it starts is undone', async () => {
      const before = await answers()
      await unseen(async () => {
        const failure = await machine
          .deploy(good, { settings: 'HELIX_MODE=nonsense' })
          .catch((error: unknown) => error)
        expect(failure).toMatchObject({ code: 'rolled_back', exit: 5 })
        expect(failure).toMatchObject({
          hint: expect.stringMatching(/ended as soon as it had started.*HELIX_MODE/s),
        })
      })
      expect(await answers()).toBe(before)
    }, 90_000)

    test('of a release that is slow is undone by itself, and nobody is refused meanwhile', async () => {
      const before = await answers()
      // Longer than any reply, so that some still wait for it when its last reply has ended.
      const slow = packWith(files, 'dist/gateway/routes/profile.js', (text) =>
        text.replace(
          /async \(c\) =>/,
          'async (c, next) => { await new Promise((later) => setTimeout(later, 3_000)); return next() }, async (c) =>',
        ),
      )
      await unseen(async () => {
        const failure = await machine.deploy(slow, { watchMs: 60_000 }).catch((error: unknown) => error)
        expect(failure).toMatchObject({
          code: 'rolled_back',
          hint: expect.stringMatching(/95 % of its answers take up to/),
        })
      })
      expect(await answers()).toBe(before)
    }, 120_000)

    test('of a release that answers with failures is undone by itself', async () => {
      const before = await answers()
      const bad = packWith(files, 'dist/gateway/routes/profile.js', (text) =>
        text.replace(/async \(c\) =>/, 'async (c) => { throw new Error("bad") },async (c) =>'),
      )
      const began = new Date()
      const running = startTraffic(machine.url, token)
      const failure = await machine.deploy(bad, { watchMs: 30_000 }).catch((error: unknown) => error)
      await running.stop()
      expect(failure).toMatchObject({
        code: 'rolled_back',
        hint: expect.stringMatching(/of its answers are failures/),
      })
      expectNone(machine, began, { cut: running.traffic.cut })
      expect(await answers()).toBe(before)
      await unseen(() => new Promise((resolve) => setTimeout(resolve, 2_000)))
    }, 120_000)
  },
)
