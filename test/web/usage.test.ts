import { expect, it } from 'vitest'
import { createFormat } from '../../web/src/format/format.ts'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'

const settings = { budgets: { userDailyUsd: 2.5 } }

describePage('the usage page', { engine: 'pglite', settings }, (web) => {
  it('invites to begin where nothing was used', async () => {
    const page = await web.visit('/usage', { as: await web.person() })
    await page.getByRole('heading', { name: 'Nothing used yet' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Begin a conversation' }).click()
    await page.waitForURL((url) => url.pathname === '/')
  })

  it('shows what a conversation cost, today, by day and by model, and what the budget has left', async () => {
    const ada = await web.person()
    // One turn: from the second on a title is asked for as well, whenever that is.
    await ada.client.send({ message: 'How much is this?' })
    const { totals, models } = await ada.client.account.usage()
    const cost = createFormat('en-US').money(totals.measured.costNanoUsd)
    const page = await web.visit('/usage', { as: ada, locale: 'en-US' })
    await page.getByText(`${cost} of $2.50`).waitFor()
    expect(await page.getByText('1 message', { exact: false }).count()).toBe(1)
    expect(await page.getByRole('meter').getAttribute('aria-valuenow')).toBe(
      String(totals.measured.costNanoUsd),
    )
    for (const { model } of models) await page.getByRole('rowheader', { name: model }).waitFor()
    const picture = page.getByRole('img', { name: `Cost by day, 30 days: ${cost} in all`, exact: false })
    await picture.locator('canvas').waitFor()
    await expectAccessible(page)
  })

  it('says the same as a table, over the period and in the measure asked for', async () => {
    const ada = await web.person()
    await ada.client.send({ message: 'How much is this?' })
    const page = await web.visit('/usage', { as: ada, locale: 'en-US' })
    await page.getByText('Show as a table').click()
    const table = page.getByRole('region', { name: 'Cost by day' }).getByRole('table')
    const rows = table.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(30)
    expect(await rows.first().innerText()).toMatch(/\$0\.\d+/)
    expect(await rows.last().innerText()).toMatch(/\$0\.00/)
    await page.getByRole('radio', { name: '7 days' }).check()
    await expect.poll(() => rows.count()).toBe(7)
    await page.getByRole('radio', { name: 'Tokens' }).check()
    await page.getByRole('img', { name: 'Tokens by day, 7 days', exact: false }).waitFor()
  })

  it('keeps its place while the chart is drawn, and draws it anew where the page becomes narrow or dark', async () => {
    const ada = await web.person()
    await ada.client.send({ message: 'How much is this?' })
    const page = await web.visit('/usage', { as: ada, viewport: { width: 1280, height: 800 } })
    const canvas = page.getByRole('img', { name: 'Cost by day' }).locator('canvas')
    await canvas.waitFor()
    const shifts = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) =>
            resolve(
              list.getEntries().reduce((all, one) => all + (one as unknown as { value: number }).value, 0),
            ),
          ).observe({ type: 'layout-shift', buffered: true })
          setTimeout(() => resolve(0), 500)
        }),
    )
    expect(shifts).toBeLessThan(0.01)
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(async () => (await canvas.boundingBox())?.width).toBeLessThan(390)
    const light = await canvas.screenshot()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(async () => (await canvas.screenshot()).equals(light)).toBe(false)
  })
})
