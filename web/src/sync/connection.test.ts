import { signal } from '@preact/signals'
import { describe, expect, test, vi } from 'vitest'
import { createConnection } from './connection.ts'

const URL = 'https://helix.example.com'
const WELL = { status: 'ok', checks: { database: 'ok' } }
const UNTIL = '2026-11-25T23:00:00.000Z'
const MAINTAINED = { status: 'maintenance', checks: {}, maintenance: { message: 'New disks', until: UNTIL } }

function start(firstWaitMs = 10) {
  let health: unknown = WELL
  let looks = 0
  let answer: () => Response = () => new Response('{}')
  const presence = { visible: signal(true), networked: signal(true) }
  const connection = createConnection({
    url: URL,
    presence,
    firstWaitMs,
    fetch: async (input) => {
      if (input !== `${URL}/health`) return answer()
      looks += 1
      if (health === undefined) throw new TypeError('fetch failed')
      return typeof health === 'string' ? new Response(health) : Response.json(health)
    },
  })
  return {
    ...presence,
    state: () => connection.state.value,
    check: connection.check,
    looks: () => looks,
    set(now: unknown) {
      health = now
    },
    async ask(answers: () => Response, signal?: AbortSignal) {
      answer = answers
      return await connection.fetch(`${URL}/api/profile`, signal ? { signal } : {}).catch((error) => error)
    },
  }
}

const breaks = () => {
  throw new TypeError('fetch failed')
}
const soon = (check: () => void) => vi.waitFor(check, { timeout: 3_000, interval: 5 })

describe('the connection', () => {
  test('is online, and asks nothing, while requests are answered', async () => {
    const page = start()
    await page.ask(() => new Response('{}'))
    await page.ask(() => new Response('{}', { status: 404 }))
    expect(page.state()).toBe('online')
    expect(page.looks()).toBe(0)
  })

  test('is unreachable when the gateway is, looks less and less often, and comes back by itself', async () => {
    const page = start(20)
    page.set(undefined)
    expect(await page.ask(breaks)).toBeInstanceOf(TypeError)
    await soon(() => expect(page.state()).toBe('unreachable'))
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(page.looks()).toBeGreaterThan(2)
    expect(page.looks()).toBeLessThan(8)
    page.set(WELL)
    await soon(() => expect(page.state()).toBe('online'))
    const { looks } = page
    const before = looks()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(looks()).toBe(before)
  })

  test('stays online when one request broke and the gateway is well', async () => {
    const page = start()
    await page.ask(breaks)
    await soon(() => expect(page.looks()).toBe(1))
    expect(page.state()).toBe('online')
  })

  test('takes a request that was given up for nothing', async () => {
    const page = start()
    await page.ask(breaks, AbortSignal.abort())
    expect(page.looks()).toBe(0)
  })

  test.each([502, 503, 504])('looks when something in between answers %i', async (status) => {
    const page = start()
    page.set('<html>Bad gateway</html>')
    await page.ask(() => new Response('', { status }))
    await soon(() => expect(page.state()).toBe('unreachable'))
  })

  test('tells maintenance with its message and its end, and its end by itself', async () => {
    const page = start()
    page.set(MAINTAINED)
    await page.ask(() => Response.json({ code: 'maintenance' }, { status: 503 }))
    await soon(() => expect(page.state()).toEqual({ maintenance: { message: 'New disks', until: UNTIL } }))
    page.set({ status: 'maintenance', checks: {} })
    await page.check()
    expect(page.state()).toEqual({ maintenance: { message: '', until: null } })
    page.set(WELL)
    await soon(() => expect(page.state()).toBe('online'))
  })

  test('takes a gateway without a database for unreachable', async () => {
    const page = start()
    page.set({ status: 'down', checks: {} })
    await page.ask(() => new Response('', { status: 503 }))
    await soon(() => expect(page.state()).toBe('unreachable'))
  })

  test('looks at its own pace while something is wrong, however much is asked', async () => {
    const page = start(60_000)
    page.set(undefined)
    await page.ask(breaks)
    await soon(() => expect(page.state()).toBe('unreachable'))
    for (let time = 0; time < 20; time += 1) await page.ask(breaks)
    await page.ask(() => new Response('', { status: 502 }))
    expect(page.looks()).toBe(1)
    page.set(WELL)
    await page.ask(() => new Response('{}'))
    await soon(() => expect(page.state()).toBe('online'))
  })

  test('is offline without a network, and looks at once when there is one again', async () => {
    const page = start(60_000)
    page.set(undefined)
    page.networked.value = false
    await soon(() => expect(page.state()).toBe('offline'))
    page.set(WELL)
    page.networked.value = true
    await soon(() => expect(page.state()).toBe('online'))
  })

  test('is online without a network where the gateway is on this machine', async () => {
    const page = start()
    page.networked.value = false
    await soon(() => expect(page.looks()).toBeGreaterThan(1))
    expect(page.state()).toBe('online')
    page.set(undefined)
    await soon(() => expect(page.state()).toBe('offline'))
  })

  test('looks at once when somebody comes back to the page', async () => {
    const page = start(60_000)
    page.set(undefined)
    await page.ask(breaks)
    await soon(() => expect(page.state()).toBe('unreachable'))
    page.visible.value = false
    page.set(WELL)
    page.visible.value = true
    await soon(() => expect(page.state()).toBe('online'))
  })
})
