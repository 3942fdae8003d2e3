import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { HELIX_FROM_SOURCE, startUp } from '../kill/gateway-process.ts'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'
import { buildOpenPage } from './support/builds.ts'
import { banner, heardMessages, untilOpen, waiting, write } from './support/open-app.ts'
import { type PageHost, startPageHost } from './support/page-host.ts'
import { type Person, signUpPerson } from './support/person.ts'

const LONG = { timeout: 20_000, interval: 50 }

describePage('offline and in several tabs, the page', { engine: 'pglite' }, (web) => {
  let folder: string
  let host: PageHost
  let person: Person
  let context: BrowserContext

  beforeAll(async () => {
    folder = await buildOpenPage()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    host = await startPageHost()
    await host.deploy(folder)
    host.gateway = web.gateway.url
    await enter()
  })
  afterEach(async () => {
    await context.close()
    await host.close()
  })

  async function enter(): Promise<void> {
    await context?.close()
    person = await signUpPerson(host.url)
    context = await web.browser.newContext({ storageState: person.keptAt(host.url) })
  }

  /** Opens a tab; settings, where nothing else moves. */
  async function open(within = context): Promise<Page> {
    const page = await within.newPage()
    await page.goto(`${host.url}/settings`)
    await untilOpen(page)
    return page
  }

  const isKept = (page: Page) =>
    page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  const questions = async (sessionKey: string) => {
    const { messages } = await person.client.messages(sessionKey, { limit: 200 })
    return messages.filter(({ role }) => role === 'user')
  }
  const texts = async (sessionKey: string) => (await questions(sessionKey)).map(({ content }) => content)
  const followers = () => host.asked.filter((request) => request === 'GET /api/events').length

  it('sends what was written offline once, in order, and says when it arrived', async () => {
    const page = await open()
    const key = randomUUID()
    await context.setOffline(true)
    await vi.waitFor(async () => expect(await banner(page)).toContain('You are offline'), LONG)
    await write(page, key, 'one', 'two', 'three')
    expect(await waiting(page)).toEqual(['one: waiting', 'two: waiting', 'three: waiting'])
    expect(await banner(page)).toContain('3 messages wait to be sent')
    await expectAccessible(page)
    const before = Date.now()
    await context.setOffline(false)
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    expect(await banner(page)).toBe('')
    const sent = await questions(key)
    expect(sent.map(({ content }) => content)).toEqual(['one', 'two', 'three'])
    for (const { isPending, syncedAt } of sent) {
      expect(isPending).toBe(false)
      expect(Date.parse(syncedAt ?? '')).toBeGreaterThanOrEqual(before)
    }
    const { messageCount } = await person.client.conversations.get(key)
    expect(messageCount).toBe(6)
  })

  it('keeps them over a reload without a network, and over closing the tab', async () => {
    const page = await open()
    await isKept(page)
    const key = randomUUID()
    await context.setOffline(true)
    await write(page, key, 'before the reload')
    await page.reload()
    await untilOpen(page)
    await vi.waitFor(async () => expect(await waiting(page)).toEqual(['before the reload: waiting']), LONG)
    await write(page, key, 'after it')
    const second = await open()
    await page.close()
    await write(second, key, 'in another tab')
    await context.setOffline(false)
    await vi.waitFor(async () => expect(await waiting(second)).toEqual([]), LONG)
    expect(await texts(key)).toEqual(['before the reload', 'after it', 'in another tab'])
  })

  it('shows what was read before without a network, and takes what is written then', async () => {
    const page = await context.newPage()
    await page.goto(host.url)
    await untilOpen(page)
    await isKept(page)
    const field = page.getByRole('textbox', { name: 'Your message' })
    await field.fill('How do tides work?')
    await field.press('Enter')
    await page.waitForURL('**/c/*')
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    const key = page.url().split('/').at(-1) ?? ''
    await vi.waitFor(async () => {
      const { userId } = person
      const kept = await page.evaluate(([id, of]) => window.app.store.cache.messages(id, of), [
        userId,
        key,
      ] as const)
      expect(kept).toHaveLength(2)
      const list = await page.evaluate((id) => window.app.store.cache.conversations(id), userId)
      expect(list.map(({ title }) => title)).toEqual(['How do tides work?'])
    }, LONG)
    await context.setOffline(true)
    await page.goto(host.url)
    await page.getByRole('link', { name: 'How do tides work?' }).click()
    await page.waitForURL(`**/c/${key}`)
    await page.locator('main').getByText('How do tides work?').waitFor()
    await field.fill('Still there?')
    await field.press('Enter')
    await page.locator('main').getByText('Still there?').waitFor()
    await context.setOffline(false)
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    expect(await texts(key)).toEqual(['How do tides work?', 'Still there?'])
  })

  it('sends once, in order, what was written while the gateway was killed', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'helix-killed-'))
    const first = await startUp(dataDir, {}, HELIX_FROM_SOURCE)
    host.gateway = first.ready.url
    await enter()
    const page = await open()
    const key = randomUUID()
    await write(page, key, 'before')
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    await first.kill()
    await write(page, key, 'one', 'two')
    await vi.waitFor(async () => expect(await banner(page)).toContain('Helix does not answer'), LONG)
    const second = await startUp(dataDir, {}, HELIX_FROM_SOURCE)
    host.gateway = second.ready.url
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    await vi.waitFor(async () => expect(await banner(page)).toBe(''), LONG)
    expect(await texts(key)).toEqual(['before', 'one', 'two'])
    await page.close()
    await second.stop()
    await rm(dataDir, { recursive: true, force: true })
  }, 60_000)

  it('follows the feed once for all tabs, and goes on when the tab that held it closes', async () => {
    const pages = [await open(), await open(), await open()]
    const [first, second, third] = pages as [Page, Page, Page]
    const sessionKey = randomUUID()
    const send = (message: string) => person.client.send({ message, sessionKey })
    await send('one')
    await vi.waitFor(async () => {
      for (const page of pages) expect(await heardMessages(page)).toHaveLength(1)
    }, LONG)
    expect(followers()).toBe(1)
    await first.close()
    await send('two')
    await send('three')
    await vi.waitFor(async () => expect(await heardMessages(second)).toHaveLength(3), LONG)
    expect(await heardMessages(third)).toEqual(await heardMessages(second))
    expect(new Set(await heardMessages(third)).size).toBe(3)
    expect(followers()).toBe(2)
  })

  it('loses no event to a leader that crashes', async () => {
    const [first, second] = [await open(), await open()]
    const sessionKey = randomUUID()
    await person.client.send({ message: 'one', sessionKey })
    await vi.waitFor(async () => expect(await heardMessages(second)).toHaveLength(1), LONG)
    const crashing = await context.newCDPSession(first)
    void crashing.send('Page.crash').catch(() => {})
    await person.client.send({ message: 'two', sessionKey })
    await vi.waitFor(async () => expect(await heardMessages(second)).toHaveLength(2), LONG)
    expect(new Set(await heardMessages(second)).size).toBe(2)
  })

  it('is told of maintenance, and comes back by itself', async () => {
    const page = await open()
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const maintenance = { message: 'New disks for everyone.', until, readOnly: false }
    host.instead = (path) =>
      path === '/health'
        ? Response.json({ status: 'maintenance', checks: {}, maintenance })
        : Response.json(
            { type: 'urn:helix:maintenance', title: 'Away', code: 'maintenance' },
            { status: 503 },
          )
    const key = randomUUID()
    await write(page, key, 'meanwhile')
    await vi.waitFor(async () => expect(await banner(page)).toContain('New disks for everyone.'), LONG)
    expect(await banner(page)).toMatch(/Expected back: .+\d\d/)
    expect(await banner(page)).toContain('1 message waits to be sent, and goes out by itself')
    host.instead = undefined
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    expect(await texts(key)).toEqual(['meanwhile'])
    // What was asked before the end of the maintenance may be answered after it.
    await vi.waitFor(async () => expect(await banner(page)).toBe(''), LONG)
  })

  const refuseProfile = () => Response.json({ title: 'Away', code: 'maintenance' }, { status: 503 })
  const profileForm = (page: Page) => page.getByRole('textbox', { name: 'Name' })

  it('reads by itself after a maintenance what it could not read during it', async () => {
    host.instead = (path) => {
      if (path === '/health') return Response.json({ status: 'maintenance', checks: {}, maintenance: {} })
      return path === '/api/profile' ? refuseProfile() : undefined
    }
    const page = await open()
    await page.getByText('Helix is under maintenance. Try again later.').waitFor()
    host.instead = undefined
    await profileForm(page).waitFor()
    await vi.waitFor(async () => expect(await banner(page)).toBe(''), LONG)
  })

  it('reads by itself what one answer of a gateway said it could not read', async () => {
    let refused = 0
    host.instead = (path) => {
      if (path !== '/api/profile' || refused === 1) return undefined
      refused += 1
      return refuseProfile()
    }
    const page = await open()
    await profileForm(page).waitFor()
    expect(refused).toBe(1)
    await vi.waitFor(async () => expect(await banner(page)).toBe(''), LONG)
  })

  it('reads by itself conversations and messages that it could not read', async () => {
    const sessionKey = randomUUID()
    await person.client.send({ message: 'How do tides work?', sessionKey })
    const paths = ['/api/conversations', `/api/conversations/${sessionKey}/messages`]
    const refused: string[] = []
    let isAway = true
    host.instead = (path) => {
      if (!isAway || !paths.includes(path)) return undefined
      refused.push(path)
      return Response.json({ title: 'Late', code: 'internal' }, { status: 504 })
    }
    const page = await context.newPage()
    await page.goto(`${host.url}/c/${sessionKey}`)
    // More often than the feed has them read.
    const times = (path: string) => refused.filter((one) => one === path).length
    await vi.waitFor(() => expect(Math.min(...paths.map(times))).toBeGreaterThan(2), LONG)
    isAway = false
    await page.getByRole('link', { name: 'How do tides work?' }).waitFor()
    await page.locator('main').getByText('How do tides work?').waitFor()
  })

  it('asks for the health of a gateway gently, and only while something is wrong', async () => {
    const page = await open()
    const asked = () => host.asked.filter((request) => request === 'GET /health').length
    expect(asked()).toBe(0)
    host.gateway = undefined
    await write(page, randomUUID(), 'into the void')
    const before = Date.now()
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), LONG)
    expect(Date.now() - before).toBeGreaterThan(1_400)
  })

  it('says that nothing is kept where storage is denied, and sends all the same', async () => {
    await context.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException('denied', 'SecurityError')
      }
    })
    const page = await open()
    await vi.waitFor(async () => expect(await banner(page)).toContain('keeps nothing for Helix'), LONG)
    await page.getByRole('button', { name: 'Close' }).click()
    const key = randomUUID()
    await context.setOffline(true)
    await write(page, key, 'in memory')
    await context.setOffline(false)
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
    expect(await texts(key)).toEqual(['in memory'])
  })

  it('is signed out in all tabs at once, and leaves nothing on the device', async () => {
    const [page, other] = [await open(), await open()]
    const { userId } = person
    await page.evaluate(async (id) => {
      const { store } = window.app
      await store.drafts.write(id, 'k', 'a draft')
      await store.cache.keepMessages(id, 'k', [{ id: '1', content: 'read' }] as never)
    }, userId)
    await page.evaluate(() => window.app.session.signOut('local'))
    await other.waitForURL('**/sign-in**')
    await page.waitForURL('**/sign-in**')
    const left = await other.evaluate(async (id) => {
      const { store } = window.app
      return [
        await store.drafts.read(id, 'k'),
        await store.cache.messages(id, 'k'),
        await store.waiting.list(id),
      ]
    }, userId)
    expect(left).toEqual(['', [], []])
    const before = host.asked.length
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(host.asked.slice(before).filter((request) => request.includes('/api/'))).toEqual([])
  })

  it('opens without a network for somebody whose token has long run out', async () => {
    const page = await open()
    await isKept(page)
    await context.setOffline(true)
    await page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('helix.session') ?? '{}')
      localStorage.setItem('helix.session', JSON.stringify({ ...kept, expires_at: 1 }))
    })
    await page.reload()
    await untilOpen(page)
    await write(page, randomUUID(), 'still here')
    expect(await waiting(page)).toEqual(['still here: waiting'])
    await context.setOffline(false)
    await vi.waitFor(async () => expect(await waiting(page)).toEqual([]), LONG)
  })

  it('reports what fails in it, once, without what is written in it', async () => {
    const page = await open()
    const reported = page.waitForRequest('**/api/client-errors')
    await page.evaluate(() => {
      for (let time = 0; time < 3; time += 1)
        setTimeout(() => JSON.parse('Dear diary, today I went to the sea'))
    })
    const report = await reported
    expect(report.postData()).toContain('SyntaxError')
    expect(report.postData()).not.toContain('diary')
    expect(report.headers().authorization).toBeUndefined()
    const answer = await report.response()
    expect(answer?.status()).toBe(204)
    await page.waitForTimeout(300)
    expect(host.asked.filter((request) => request.endsWith('/api/client-errors'))).toHaveLength(1)
  })

  it('asks before signing out deletes what was not sent', async () => {
    const page = await open()
    const key = randomUUID()
    host.instead = (path) => (path.startsWith('/api/chat') ? new Response('', { status: 502 }) : undefined)
    await write(page, key, 'unsent')
    const leave = async () => {
      await page.getByRole('button', { name: person.email }).click()
      await page.getByText('Sign out', { exact: true }).click()
    }
    await leave()
    await page.getByText('1 message has not been sent yet.').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await waiting(page)).toEqual([expect.stringMatching(/^unsent: /)])
    await leave()
    await page.getByRole('button', { name: 'Delete and sign out' }).click()
    await page.waitForURL('**/sign-in**')
    const left = () => page.evaluate((id) => window.app.store.waiting.list(id), person.userId)
    await vi.waitFor(async () => expect(await left()).toEqual([]), LONG)
  })

  it('keeps a secret out of every store', async () => {
    const page = await open()
    await context.setOffline(true)
    await page.evaluate(() =>
      window.app.outbox.add({
        clientMessageId: 'secret-1',
        sessionKey: crypto.randomUUID(),
        content: 'the combination is 1234',
        secret: true,
      }),
    )
    expect(await waiting(page)).toEqual(['the combination is 1234: waiting'])
    const kept = await page.evaluate(async () => {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('helix')
        request.onsuccess = () => resolve(request.result)
      })
      const names = [...db.objectStoreNames]
      const rows = await Promise.all(
        names.map(
          (name) =>
            new Promise((resolve) => {
              const request = db.transaction(name).objectStore(name).getAll()
              request.onsuccess = () => resolve(request.result)
            }),
        ),
      )
      db.close()
      return JSON.stringify([rows, { ...localStorage }, { ...sessionStorage }])
    })
    expect(kept).not.toContain('combination')
  })
})
