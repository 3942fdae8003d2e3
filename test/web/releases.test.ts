import { rm } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'
import { buildPage } from './support/builds.ts'
import { type PageHost, startPageHost } from './support/page-host.ts'
import { signUpPerson } from './support/person.ts'

const OFFER = 'A new version is ready.'

describePage('releases of the page', { engine: 'pglite' }, (web) => {
  let context: BrowserContext
  let host: PageHost
  const folders: string[] = []

  beforeAll(async () => {
    for (const name of ['Usage', 'Usage, anew'])
      folders.push(await buildPage((code) => code.replaceAll("usage: 'Usage'", `usage: '${name}'`)))
  })
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    host = await startPageHost()
    host.gateway = web.gateway.url
    const person = await signUpPerson(host.url)
    context = await web.browser.newContext({ storageState: person.keptAt(host.url) })
  })
  afterEach(async () => {
    await context.close()
    await host.close()
  })

  const release = (number: 1 | 2) => folders[number - 1] ?? ''

  /** Opens a page of somebody signed in, and waits until its release is on the device. */
  async function open(path = '/settings'): Promise<Page> {
    const page = await context.newPage()
    await page.goto(host.url + path)
    await isKept(page)
    return page
  }

  const isKept = (page: Page) =>
    page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  const kept = (page: Page) =>
    page.evaluate(async () => {
      const workers = await navigator.serviceWorker.getRegistrations()
      return { workers: workers.length, caches: await caches.keys() }
    })
  const lookForUpdates = (page: Page) =>
    page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  const script = (page: Page) =>
    page.evaluate(() => document.querySelector('script[type=module]')?.getAttribute('src'))

  it('start without a network once they were opened, at any address of the page', async () => {
    await host.deploy(release(1))
    const page = await open()
    await context.setOffline(true)
    for (const path of [
      '/settings',
      '/',
      '/c/0193a2b4-0000-7000-8000-000000000000',
      '/usage?from=2026-01-01',
    ]) {
      await page.goto(host.url + path)
      await page.waitForSelector('h1')
    }
    expect(await page.title()).toContain('Helix')
  })

  it('come from the network first, and from the device where a proxy has nobody behind it', async () => {
    await host.deploy(release(1))
    const page = await open()
    const first = await script(page)
    await host.deploy(release(2))
    await page.goto(host.url)
    expect(await script(page)).not.toBe(first)
    await isKept(page)
    await host.close()
    await page.goto(host.url)
    await page.waitForSelector('h1')
    host = await startPageHost()
  })

  it('are offered and not forced; an open tab goes on, with parts it had not loaded yet', async () => {
    await host.deploy(release(1))
    const page = await open()
    const first = await script(page)
    expect(await page.getByText(OFFER).count()).toBe(0)
    await host.deploy(release(2))
    await lookForUpdates(page)
    await page.getByText(OFFER).waitFor()
    await expectAccessible(page)
    expect(await script(page)).toBe(first)
    // The page of usage was never opened; its script is nowhere on the host any more.
    await page.getByRole('button', { name: 'Helix' }).or(page.locator('[aria-haspopup]')).first().click()
    await page.getByText('Usage', { exact: true }).first().click()
    await page.waitForURL('**/usage')
    await page.waitForSelector('h1')
    expect(await page.getByText('could not be loaded').count()).toBe(0)
    expect(await script(page)).toBe(first)
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.waitForFunction(
      (before) => document.querySelector('script[type=module]')?.getAttribute('src') !== before,
      first,
    )
    expect(await page.getByText(OFFER).count()).toBe(0)
  })

  it('are put off until there is another one', async () => {
    await host.deploy(release(1))
    const page = await open()
    await host.deploy(release(2))
    await lookForUpdates(page)
    await page.getByRole('button', { name: 'Later' }).click()
    await lookForUpdates(page)
    expect(await page.getByText(OFFER).count()).toBe(0)
  })

  it('leave the API and the sign-in alone', async () => {
    await host.deploy(release(1))
    const page = await open()
    const byWorker: string[] = []
    page.on('response', (response) => {
      if (response.fromServiceWorker()) byWorker.push(new URL(response.url()).pathname)
    })
    await page.evaluate(async () => {
      for (const path of ['/api/profile', '/auth/v1/settings', '/health', '/config.json', '/openapi.json'])
        await fetch(path).then((answer) => answer.text())
    })
    await page.goto(`${host.url}/docs`)
    expect(byWorker.filter((path) => !path.startsWith('/assets/'))).toEqual([])
  })

  it('are gone from the device once the kill switch is thrown, and the page works without', async () => {
    await host.deploy(release(1))
    const page = await open()
    host.killed = true
    await page.reload()
    await vi.waitFor(async () => expect(await kept(page)).toEqual({ workers: 0, caches: [] }), {
      timeout: 10_000,
    })
    await page.reload()
    await page.waitForSelector('h1')
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull()
    host.killed = false
    await page.reload()
    await isKept(page)
  })

  it('can be installed: a manifest whose icons are there, in the sizes it says', async () => {
    await host.deploy(release(1))
    const manifest = (await (await fetch(`${host.url}/manifest.webmanifest`)).json()) as {
      icons: { src: string; sizes: string; type: string }[]
    }
    const page = await context.newPage()
    await page.goto(host.url)
    for (const { src, sizes, type } of manifest.icons) {
      const answer = await fetch(host.url + src)
      expect(answer.headers.get('content-type')).toContain(type)
      if (sizes === 'any') continue
      const width = await page.evaluate(async (address) => {
        const image = new Image()
        image.src = address
        await image.decode()
        return `${image.naturalWidth}x${image.naturalHeight}`
      }, src)
      expect(width).toBe(sizes)
    }
  })
})
