import { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Picture } from '../../src/monitor/picture.ts'
import { createColour } from '../../src/ui/colour.ts'
import { signUpCreator } from '../../test/support/creator.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { createPictures } from './pictures.ts'
import { openScreen, type Wish } from './screen.ts'

const NOBODY = 'http://127.0.0.1:9'
const TOKEN = 'a-long-random-text'

/** A terminal that counts what is written to it. */
function terminal() {
  const written: string[] = []
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk))
        done()
      },
    }),
    { isTTY: true as const, columns: 120, rows: 40 },
  )
  const stdin = Object.assign(new Readable({ read() {} }), {
    ...{ isTTY: true as const, setRawMode() {}, ref() {}, unref() {} },
  })
  return { stdin, stdout, written }
}

describe('helix monitor of a real gateway', () => {
  let gateway: TestGateway
  let environment: Record<string, string>
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', environment: { HELIX_METRICS_TOKEN: TOKEN } })
    const creator = await signUpCreator(gateway)
    environment = { HELIX_TOKEN: creator.token, HELIX_METRICS_TOKEN: TOKEN, HELIX_URL: gateway.url }
    gateway.running.services.alerts.raise({
      alert: 'reply_slow',
      severity: 'warning',
      message: 'A reply took 9 s',
    })
    await creator.request('/api/chat/message', { method: 'POST', body: { message: 'Hello' } })
  })
  afterAll(() => gateway.close())

  const pictures = async (argv: string[], given = environment) => {
    const ran = await helix(['monitor', '--json', ...argv], { environment: given })
    return {
      ...ran,
      pictures: ran.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Picture),
    }
  }

  it('tells of each gateway and of all, and goes on though one is away', async () => {
    const { exit, pictures: seen } = await pictures(['--once', '--host', gateway.url, NOBODY])
    expect(exit).toBe(0)
    expect(seen).toHaveLength(1)
    const [here, away] = seen[0]?.hosts ?? []
    expect(here).toMatchObject({
      host: gateway.url,
      status: 'ok',
      numbers: { openStreams: 0, openReplies: 0, requestsPerMinute: expect.any(Number) },
    })
    expect(away).toMatchObject({ host: NOBODY, status: 'unreachable', numbers: null })
    expect(seen[0]).toMatchObject({
      sum: { up: 1, provedRestoreAt: null, checks: { database: 'ok', claude: 'ok' } },
      alerts: [{ alert: 'reply_slow', severity: 'warning', state: 'raised', message: 'A reply took 9 s' }],
      stepMinutes: 1,
      notes: [],
    })
    expect(seen[0]?.courses.requests).toHaveLength(40)
  })

  it('counts what happens between its looks', async () => {
    const stop = new AbortController()
    const seen: Picture[] = []
    await helix(['monitor', '--json', '--every', '1'], {
      environment,
      signal: stop.signal,
      onStdout(text) {
        seen.push(JSON.parse(text))
        if (seen.length === 3) stop.abort('SIGINT')
        else void fetch(`${gateway.url}/api/status`)
      },
    })
    expect(seen.at(-1)?.hosts[0]?.numbers?.requestsPerMinute).toBeGreaterThan(0)
    expect(seen.at(-1)?.hosts[0]?.numbers?.responseMs.p95).toBeGreaterThan(0)
  })

  it('says what it cannot know without being the creator', async () => {
    const other = await gateway.signUp()
    const given = { HELIX_TOKEN: other.token, HELIX_URL: gateway.url }
    const { pictures: seen } = await pictures(['--once'], given)
    expect(seen[0]).toMatchObject({ alerts: null, sum: { up: 1, numbers: null } })
    expect(seen[0]?.notes.join()).toContain('HELIX_METRICS_TOKEN')
  })

  it('looks once, as text, off a terminal', async () => {
    const { exit, stdout } = await helix(['monitor'], { environment })
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^Helix {2}local {2}● well {2}1 of 1 up\n/)
    expect(stdout).toContain('last proved restore never')
    expect(stdout).not.toContain('\u001b')
  })
})

describe('the screen', () => {
  const picture = (streams: number, uptimeSeconds: number): Picture => ({
    at: new Date().toISOString(),
    env: 'production',
    hosts: [],
    sum: {
      up: 0,
      numbers: {
        ...{
          requestsPerMinute: 1,
          errorRate: 0,
          openStreams: streams,
          openReplies: 0,
          costPerHourUsd: uptimeSeconds,
        },
        ...{
          responseMs: { p50: 1, p95: 1 },
          ttftMs: { p50: 1, p95: 1 },
          outboxAgeSeconds: 0,
          databaseQueue: 0,
        },
      },
      provedRestoreAt: null,
      checks: { database: 'ok' },
    },
    courses: {
      ...{
        responseP95Ms: [1],
        ttftP95Ms: [1],
        requests: [1],
        errorRate: [0],
        openStreams: [1],
        costUsd: [0],
      },
    },
    stepMinutes: null,
    alerts: [],
    notes: [],
  })

  it('writes nothing while nothing changes, little when one thing does, and gives the terminal back', async () => {
    const { stdin, stdout, written } = terminal()
    const pictures = createPictures()
    const wishes: Wish[] = []
    const colour = createColour(false)
    pictures.put(picture(1, 0))
    const screen = openScreen({ stdin, stdout, colour, pictures, onWish: (wish) => wishes.push(wish) })
    const text = () => written.join('')
    await expect.poll(text).toContain('open streams')
    await sleep(300)
    const whole = text().length
    written.length = 0
    for (let nth = 0; nth < 20; nth += 1) {
      pictures.put(picture(1, nth / 10_000))
      await sleep(50)
    }
    expect(written, 'frames in a second in which nothing that is shown changed').toEqual([])
    pictures.put(picture(2, 0))
    await expect.poll(text).toContain('2')
    await sleep(200)
    expect(text().length).toBeLessThan(whole / 4)
    stdin.push('l')
    await expect.poll(() => wishes).toEqual(['logs'])
    await screen.close()
    expect(text()).toContain('\u001b[?1049l')
  })
})
