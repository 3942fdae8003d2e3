import { expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'

describePage('the status page', { engine: 'pglite' }, (web) => {
  it('tells anyone how Helix is and was, each bar by its text', async () => {
    const page = await web.visit('/status', { locale: 'en-US' })
    await page.getByRole('heading', { name: 'Everything works.' }).waitFor()
    for (const name of ['Gateway', 'Database', 'Claude']) {
      const bars = page.getByRole('list', { name: `${name}, the last 90 days` }).getByRole('listitem')
      expect(await bars.count()).toBe(90)
      const year = new Date().getUTCFullYear()
      expect(await bars.last().textContent()).toMatch(new RegExp(`^\\w+ \\d+, ${year}: (\\d|no data)`))
    }
    await page.getByText('None in the last 90 days.').waitFor()
    await expectAccessible(page)
    expect(await page.title()).toBe('Status · Helix')
  })

  it('says that the gateway does not answer, shows what was known, and comes back by itself', async () => {
    const page = await web.visit('/status', { expected: [/Failed to load resource/, /failed: net::/, /503/] })
    await page.getByRole('heading', { name: 'Everything works.' }).waitFor()
    await page.clock.install()
    await page.route('**/api/status', (route) => route.abort())
    await page.reload()
    await page.getByRole('heading', { name: 'How Helix is cannot be told just now.' }).waitFor()
    await page.getByText('The last known picture:', { exact: false }).waitFor()
    expect(await page.getByRole('list', { name: 'Gateway, the last 90 days' }).count()).toBe(1)
    expect(await page.getByText('works', { exact: true }).count()).toBe(0)
    await expectAccessible(page)
    await page.unroute('**/api/status')
    await page.clock.runFor(31_000)
    await page.getByRole('heading', { name: 'Everything works.' }).waitFor()
  })

  it('is no wider than a phone, and says all of it there too', async () => {
    const page = await web.visit('/status', { viewport: { width: 390, height: 844 } })
    await page.getByRole('heading', { name: 'Everything works.' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await expectAccessible(page)
  })
})
