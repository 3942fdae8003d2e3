import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'
import { newCreator } from '../support/creator.ts'

const SECTIONS = [
  '',
  '/people',
  '/cost',
  '/incidents',
  '/maintenance',
  '/feedback',
  '/errors',
  '/audit',
  '/settings',
]

describePage('the administration', { engine: 'pglite' }, (web) => {
  it('is not there for anybody else, whatever its section', async () => {
    const page = await web.visit('/admin', { as: await web.person(), expected: [/404/] })
    for (const section of SECTIONS) {
      await page.goto(`/admin${section}`)
      await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
      expect(await page.title()).not.toContain('Administration')
    }
    await page.goto('/settings')
    await page.getByRole('button', { expanded: false }).last().click()
    await page.getByRole('menuitem', { name: 'Usage' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Administration' }).count()).toBe(0)
  })

  it('is where the creator’s menu leads, and shows what happens as it happens', async () => {
    const creator = await newCreator(web)
    const page = await web.visit('/settings', { as: creator })
    await page.getByRole('button', { name: creator.email }).click()
    await page.getByRole('menuitem', { name: 'Administration' }).click()
    await page.getByRole('heading', { name: 'Everything works' }).waitFor()
    await page
      .getByRole('img', { name: 'Requests a minute, 1 hour', exact: false })
      .locator('canvas')
      .waitFor()
    expect(
      await page
        .getByRole('img')
        .filter({ has: page.locator('canvas') })
        .count(),
    ).toBe(6)
    const messages = page.locator('dl > div', { hasText: /^Messages/ })
    expect(await messages.innerText()).toMatch(/0$/)
    await creator.client.send({ message: 'One more' })
    const asked = page.waitForResponse('**/api/admin/overview', { timeout: 15_000 })
    await asked
    await page.getByText('live ·', { exact: false }).waitFor()
  })

  it('is accessible in every section, and no wider than a phone', async () => {
    const creator = await newCreator(web)
    await creator.client.send({ message: 'Something to count' })
    const page = await web.visit('/admin', { as: creator, viewport: { width: 390, height: 844 } })
    for (const section of SECTIONS) {
      await page.goto(`/admin${section}`)
      await page.getByRole('heading', { level: 2 }).first().waitFor()
      await page.waitForFunction(() => document.querySelector('[class*=spinner]') === null)
      await expectAccessible(page)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(over, section).toBeLessThanOrEqual(0)
    }
  }, 90_000)

  it('breaks the lines of a long setting rather than write over what stands beside it', async () => {
    const page = await web.visit('/admin/settings', { as: await newCreator(web) })
    const value = page
      .getByRole('row', { name: /^persona/ })
      .getByRole('cell')
      .first()
    expect(await value.evaluate((cell) => cell.scrollWidth - cell.clientWidth)).toBeLessThanOrEqual(0)
  })

  it('verifies the audit log, and names what was tampered with', async () => {
    const creator = await newCreator(web)
    await creator.client.send({ message: 'Something on the log' })
    const page = await web.visit('/admin/audit', { as: creator })
    await page.getByRole('button', { name: 'Verify now' }).click()
    await page.getByText(/^Sound: \d+ entries/).waitFor()
    await page
      .getByRole('row', { name: /claude\.request/ })
      .first()
      .waitFor()
    await expectAccessible(page)
    const [row] = await web.gateway.db.transaction('owner', async (tx) => {
      await tx.script('alter table public.audit_entries disable trigger user')
      const changed = await tx.query<{ seq: number }>(
        `update public.audit_entries set actor = 'somebody else'
         where seq = (select min(seq) from public.audit_entries where kind = 'claude.request') returning seq`,
      )
      await tx.script('alter table public.audit_entries enable trigger user')
      return changed
    })
    await page.getByRole('button', { name: 'Verify now' }).click()
    await page
      .getByText('is wrong.', { exact: false })
      .or(page.getByText('are wrong.', { exact: false }))
      .waitFor()
    await page.getByText(`edited entry ${row?.seq}`, { exact: false }).first().waitFor()
  })

  it('shows what people think of replies, what went wrong in clients, cost, and the configuration', async () => {
    const creator = await newCreator(web)
    const { message } = await creator.client.send({ message: 'Rate me' })
    await creator.client.http.json('/api/feedback', {
      method: 'POST',
      body: { messageId: message.id, rating: 'down', comment: 'It rambles' },
    })
    await creator.client.http.open('/api/client-errors', {
      method: 'POST',
      body: {
        message: 'TypeError: it is undefined',
        stack: 'TypeError: it is undefined\n at x',
        page: '/usage',
      },
    })
    const page = await web.visit('/admin/feedback', { as: creator })
    await page.getByText('It rambles').waitFor()
    await expectAccessible(page)
    await page.goto('/admin/errors')
    await page.getByRole('heading', { name: 'TypeError: it is undefined' }).waitFor()
    await page.getByText('Stack', { exact: true }).click()
    await page.getByText('at x', { exact: false }).waitFor()
    await expectAccessible(page)
    await page.goto('/admin/cost')
    await page.getByRole('rowheader', { name: creator.email }).waitFor()
    await page.getByRole('img', { name: 'Cost by day, 30 days', exact: false }).locator('canvas').waitFor()
    await page.goto('/admin/settings')
    await page.getByLabel('Filter').fill('turnsPerMinute')
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['limits.turnsPerMinute'])
  })
})
