import { afterEach, expect, it, vi } from 'vitest'
import { describePage } from './support/browser.ts'
import { banner } from './support/open-app.ts'
import type { Person } from './support/person.ts'

const LONG = { timeout: 20_000, interval: 50 }
/** What is held back is what this is about. */
const HELD = [/503 \(Service Unavailable\)/]

describePage('during maintenance, the page', { engine: 'pglite' }, (web) => {
  let creator: Person | undefined

  async function put(body: object): Promise<void> {
    creator ??= await web.person()
    web.gateway.running.services.people.setCreator(creator.userId)
    const answer = await fetch(`${web.gateway.url}/api/admin/maintenance`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${creator.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(200)
  }
  afterEach(() => put({ active: false }))

  it('says what the operator says and for how long, takes messages, and sends them when it is over', async () => {
    const person = await web.person()
    const page = await web.visit('/', { as: person, expected: HELD })
    const field = page.getByRole('textbox', { name: 'Your message' })
    await field.waitFor()
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await put({ active: true, message: 'New disks for everyone.', until })
    await field.fill('meanwhile')
    await field.press('Enter')
    await vi.waitFor(async () => expect(await banner(page)).toContain('New disks for everyone.'), LONG)
    expect(await banner(page)).toMatch(/Expected back: .+\d\d/)
    await page.locator('main').getByText('meanwhile').waitFor()
    await put({ active: false })
    await vi.waitFor(async () => expect(await banner(page)).not.toContain('New disks'), LONG)
    await vi.waitFor(async () => {
      const { conversations } = await person.client.conversations.list()
      expect(conversations).toMatchObject([{ messageCount: 2 }])
    }, LONG)
  })

  it('opens from the device, where everybody else gets a page that says so', async () => {
    const person = await web.person()
    const page = await web.visit('/settings', { as: person, expected: HELD, serviceWorkers: 'allow' })
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    await put({ active: true, message: 'Back soon.' })
    expect((await fetch(`${web.gateway.url}/settings`)).status).toBe(503)
    await page.reload()
    await page.getByText(person.email).first().waitFor()
    await vi.waitFor(async () => expect(await banner(page)).toContain('Back soon.'), LONG)
    await put({ active: false })
    await vi.waitFor(async () => expect(await banner(page)).not.toContain('Back soon.'), LONG)
  })
})
