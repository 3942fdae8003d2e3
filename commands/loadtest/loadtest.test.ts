import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUpCreator } from '../../test/support/creator.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'

describe('helix loadtest', () => {
  const folder = mkdtempSync(join(tmpdir(), 'helix-load-'))
  const at = (name: string) => join(folder, name)
  let gateway: TestGateway
  let environment: Record<string, string>
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    const creator = await signUpCreator(gateway)
    environment = { HELIX_URL: gateway.url, HELIX_TOKEN: creator.token }
  }, 60_000)
  afterAll(() => gateway?.close())

  const run = (...argv: string[]) => helix(['loadtest', ...argv], { environment, cwd: folder })
  const test = (name: string, duration: number, more = '') => {
    writeFileSync(
      at(name),
      `config:
  target: https://your-gateway
  phases: [{ duration: ${duration}, arrivalRate: 5, name: Sustained load }]
${more}
scenarios:
  - name: Chat workflow
    steps:
      - post: { url: /api/chat/message, json: { message: "Hello, Helix!" } }
      - sse: { url: /api/chat/message, method: POST, json: { message: Again } }
`,
    )
    return name
  }
  const people = async () => {
    const rows = await gateway.db.query<{ email: string }>('select email from auth.users', [])
    return rows.filter(({ email }) => email.endsWith('@loadtest.invalid')).length
  }

  it('run tests a gateway with throw-away people, and leaves none and nothing of them', async () => {
    const file = test('chat.yml', 2)
    const wanted = [
      '--target',
      gateway.url,
      '--yes',
      '--json',
      '--html',
      'report.html',
      '--output',
      'one.json',
    ]
    const ran = await run('run', file, ...wanted)
    expect(ran.exit, ran.stderr + ran.stdout).toBe(0)
    expect(JSON.parse(ran.stdout).data).toMatchObject({
      users: { offered: 10, ended: 10, failed: 0 },
      requests: { sent: 20, answered: 20, refused: 0 },
      streams: { started: 10, complete: 10 },
      times: { firstToken: { count: 10 } },
    })
    expect(ran.stderr).toMatch(/Making \d+ throw-away/)
    expect(await people()).toBe(0)
    const left = await gateway.db.query('select from public.conversations where title like $1', ['Hello%'])
    expect(left).toEqual([])
    expect(readFileSync(at('report.html'), 'utf8')).not.toMatch(/<script|src=|https?:\/\/(?!127)/)
  }, 60_000)

  it('costs nothing where Claude answers others, unless Claude is asked for, or somebody else signs in', async () => {
    const file = test('free.yml', 1)
    const asked = gateway.stub.requests.length
    const ran = await run('run', file, '--target', gateway.url, '--json')
    expect(ran.exit, ran.stderr + ran.stdout).toBe(0)
    expect(ran.stderr).toContain('Replies are simulated')
    expect(JSON.parse(ran.stdout).data).toMatchObject({ simulated: true, requests: { answered: 10 } })
    expect(gateway.stub.requests.length).toBe(asked)

    const wanted = { exit: 2, stderr: expect.stringContaining('cost money') }
    expect(await run('run', file, '--target', gateway.url, '--real-claude')).toMatchObject(wanted)
    expect(await run('run', file, '--target', gateway.url, '--no-sign-in')).toMatchObject(wanted)
    const own = test('own.yml', 1, '  defaults: { headers: { Authorization: "Bearer x" } }')
    expect(await run('run', own, '--target', gateway.url)).toMatchObject(wanted)
    expect(gateway.stub.requests.length).toBe(asked)
    const paid = await run('run', file, '--target', gateway.url, '--real-claude', '--yes', '--json')
    expect(JSON.parse(paid.stdout).data).toMatchObject({ simulated: false, requests: { answered: 10 } })
    expect(gateway.stub.requests.length).toBeGreaterThanOrEqual(asked + 10)
  }, 60_000)

  it('ends with 9 where a threshold is missed, and says which', async () => {
    const file = test('strict.yml', 1, '  ensure: { p95: 0.001, maxErrorRate: 0 }')
    const ran = await run('run', file, '--target', gateway.url, '--yes')
    expect(ran.exit).toBe(9)
    expect(ran.stdout).toMatch(/✖ response_time.p95 <= 0.001: [\d.]+/)
    expect(ran.stdout).toMatch(/✔ error_rate <= 0: 0/)
  }, 60_000)

  it('ends with 9 where nothing was sent: what measured nothing is no test that passed', async () => {
    const nobody = 'phases: [{ duration: 1, arrivalRate: 0 }] }\nscenarios: [{ flow: [{ get: { url: / } }] }]'
    const silent = 'phases: [{ duration: 1, arrivalRate: 2 }] }\nscenarios: [{ flow: [{ think: 10ms }] }]'
    for (const [name, rest] of Object.entries({ nobody, silent })) {
      writeFileSync(at(`${name}.yml`), `config: { target: "${gateway.url}", ${rest}\n`)
      const ran = await run('run', `${name}.yml`, '--no-sign-in', '--yes')
      expect(ran).toMatchObject({ exit: 9, stderr: expect.stringContaining('No request was sent') })
      expect(ran.stdout).toContain('0 sent')
    }
  }, 60_000)

  it('quick sends messages where messages are taken, and says so', async () => {
    const ran = await run('quick', '--count', '3', '--num', '4', `${gateway.url}/api/chat/message`, '--yes')
    expect(ran.stderr).toContain('each request is a POST')
    expect(ran.stdout).toContain('12 sent, 12 answered well')
    expect(ran.exit).toBe(0)
  }, 60_000)

  it('does nothing to a machine that others use without its name', async () => {
    const ran = await run('run', test('far.yml', 1))
    expect(ran).toMatchObject({ exit: 2, stderr: expect.stringContaining('--confirm=your-gateway') })
    expect(ran.stdout).toBe('')
  })

  it('nor to one that a step leads to, and does not leave the target for what was not named', async () => {
    const asked: (string | undefined)[] = []
    const server = createServer(({ url }, response) => {
      asked.push(url)
      response.end('{"simulated":false}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const leading = (name: string, ...urls: string[]) => {
      const steps = urls.map((url) => `{ get: { url: "${url}" } }`)
      const config = `{ variables: { other: "${other}" }, phases: [{ duration: 1, arrivalRate: 1 }] }`
      writeFileSync(at(name), `config: ${config}\nscenarios: [{ flow: [${steps}] }]\n`)
      return ['run', name, '--target', gateway.url, '--no-sign-in']
    }
    // Replies of the gateway of these tests cost money.
    const allowed = '--yes'
    try {
      const far = leading('far-step.yml', 'https://one.invalid/{{ id }}', '/health', '//two.invalid:1/')
      for (const given of [[], ['--confirm=one.invalid'], ['--confirm', 'two.invalid']])
        expect(await run(...far, allowed, ...given)).toMatchObject({
          exit: 2,
          stderr: expect.stringContaining('--confirm=one.invalid,two.invalid'),
        })
      const named = await run(...far, allowed, '--confirm=two.invalid,one.invalid')
      expect(named).toMatchObject({ exit: 9, stdout: expect.stringContaining('1 failed') })

      const beside = leading('beside.yml', `${other}/x`)
      expect(await run(...beside)).toMatchObject({ exit: 2, stderr: expect.stringContaining('cost money') })
      const made = leading('made.yml', '/health', '{{ other }}/x')
      const refused = await run(...made, allowed)
      expect(refused.stdout).toContain(`1 × not sent: nobody consented to ${other}`)
      expect(asked).toEqual(['/config.json'])
      expect(await run(...made, '--confirm=127.0.0.1')).toMatchObject({ exit: 2 })
      expect(await run(...made, '--confirm=127.0.0.1', allowed)).toMatchObject({ exit: 0 })
      expect(asked).toEqual(['/config.json', '/x'])
    } finally {
      server.close()
    }
  }, 60_000)

  it('asks where a gateway does not tell whether its replies cost money, and of what is none does not', async () => {
    let asked = 0
    let status = 503
    const server = createServer(({ url }, response) => {
      if (url === '/config.json') return response.writeHead(status).end('busy')
      asked += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
    try {
      const quick = ['quick', '--count', '1', '--num', '2', url]
      expect(await run(...quick)).toMatchObject({ exit: 2, stderr: expect.stringContaining('cost money') })
      expect(asked).toBe(0)
      expect(await run(...quick, '--yes')).toMatchObject({ exit: 0 })
      status = 404
      expect(await run(...quick)).toMatchObject({ exit: 0 })
      expect(asked).toBe(4)
    } finally {
      server.close()
    }
  })

  it('report and compare read what run kept', async () => {
    expect((await run('report', 'one.json')).stdout).toContain('10 offered, 10 began, 10 came to the end')
    const worse = JSON.parse(readFileSync(at('one.json'), 'utf8'))
    worse.times.response.p95 *= 3
    writeFileSync(at('two.json'), JSON.stringify(worse))
    expect(await run('compare', 'one.json', 'one.json', '--tolerate', '0')).toMatchObject({ exit: 0 })
    const compared = await run('compare', 'one.json', 'two.json', '--tolerate', '50')
    expect(compared).toMatchObject({ exit: 9, stderr: expect.stringContaining('response p95') })
    expect(compared.stdout).toMatch(/response p95.*200\.0 % worse/)
  })
})
