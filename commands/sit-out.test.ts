import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../test/support/gateway.ts'
import { helix } from '../test/support/host.ts'

describe('during maintenance', () => {
  let gateway: TestGateway
  let visitor: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    visitor = await gateway.signUp()
  })
  afterAll(() => gateway.close())
  afterEach(() => set(false))

  const set = (active: boolean, until: string | null = null) =>
    gateway.running.services.maintenance.set(
      { active, until, readOnly: false, allow: [], message: 'A larger database' },
      'cli:test',
    )
  /** Long enough for a command to begin before. */
  const soon = () => new Date(Date.now() + 2_500).toISOString()
  const environment = () => ({ HELIX_URL: gateway.url, HELIX_TOKEN: visitor.token })

  it('helix ask says so, waits, and answers when it is over', async () => {
    await set(true, soon())
    const ran = await helix(['ask', 'hello'], { environment: environment() })
    expect(ran.exit).toBe(0)
    expect(ran.stdout).not.toBe('')
    expect(ran.stderr).toMatch(/^Helix is in maintenance: A larger database\nIt is expected back at /)
    expect(ran.stderr).toContain('goes on by itself')
    expect(ran.stderr.match(/in maintenance/g)).toHaveLength(1)
  })

  it('helix ask --continue waits from its first request on', async () => {
    await helix(['ask', 'first'], { environment: environment() })
    await set(true, soon())
    const ran = await helix(['ask', '--continue', '--json', 'second'], { environment: environment() })
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: true, data: { role: 'assistant' } })
  })

  it('helix ask leaves at once on Ctrl-C', async () => {
    await set(true)
    const interrupt = new AbortController()
    const running = helix(['ask', 'hello'], { environment: environment(), signal: interrupt.signal })
    await sleep(500)
    const begun = performance.now()
    interrupt.abort('SIGINT')
    expect((await running).exit).toBe(130)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })

  it('helix chat keeps what was typed, says so, and sends it once when it is over', async () => {
    await set(true, soon())
    const ran = await helix(['chat', '--json'], { environment: environment(), stdin: 'one\ntwo\n' })
    const events = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events).toMatchObject([
      { event: 'maintenance', message: 'A larger database', until: expect.any(String), readOnly: false },
      { event: 'reply' },
      { event: 'reply' },
    ])
    const { messages } = await visitor.client.messages(events[1].sessionKey)
    expect(messages.map(({ role, content }) => (role === 'user' ? content : role))).toEqual([
      ...['one', 'assistant', 'two', 'assistant'],
    ])
  })

  it('other commands fail with what is the matter', async () => {
    await set(true)
    const ran = await helix(['whoami', '--json'], { environment: environment() })
    expect(ran.exit).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({ code: 'maintenance', message: 'A larger database' })
  })
})
