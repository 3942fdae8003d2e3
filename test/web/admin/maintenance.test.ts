import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'
import { newCreator } from '../support/creator.ts'

describePage('the maintenance switch', { engine: 'pglite' }, (web) => {
  it('holds everybody back once it was asked twice, lets the operator through, and ends', async () => {
    const creator = await newCreator(web)
    const bob = await web.person()
    const statusOfBob = async () =>
      (await fetch(`${web.gateway.url}/api/profile`, { headers: { authorization: `Bearer ${bob.token}` } }))
        .status
    const page = await web.visit('/admin/maintenance', { as: creator, expected: [/503/] })
    await page.getByText('There is no maintenance.').waitFor()
    await page.getByLabel('What people are told').fill('A larger database.')
    await page.getByLabel('Ends by itself at').fill('2020-01-01T10:00')
    await page.getByText('A time to come is wanted.').waitFor()
    await page.getByLabel('Ends by itself at').fill('')
    await page.getByRole('button', { name: 'Begin maintenance …' }).click()
    await expectAccessible(page)
    expect(await statusOfBob()).toBe(200)
    expect((await page.getByRole('dialog').boundingBox())?.width).toBeLessThanOrEqual(482)
    await page.getByRole('dialog').getByRole('button', { name: 'Begin maintenance' }).click()
    await page.getByText('Maintenance has begun.').waitFor()
    await expect.poll(statusOfBob, { timeout: 3_000 }).toBe(503)
    await expectAccessible(page)

    const other = await web.visit('/', { as: bob, expected: [/503/, /404/] })
    await other.getByText('A larger database.', { exact: false }).first().waitFor()
    // Everything else is closed to the creator too, until their browser is let through.
    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('There is maintenance, so this cannot be read.', { exact: false }).waitFor()
    await page.getByRole('link', { name: 'Maintenance' }).click()
    await page.getByRole('link', { name: 'Let this browser through' }).click()
    await page.waitForURL((url) => url.pathname === '/')
    await page.goto('/admin/audit')
    await page.getByRole('heading', { name: 'Latest entries' }).waitFor()

    await page.goto('/admin/maintenance')
    await page.getByRole('button', { name: 'End maintenance' }).click()
    await page.getByText('There is no maintenance.').waitFor()
    await expect.poll(statusOfBob, { timeout: 3_000 }).toBe(200)
  }, 90_000)
})
