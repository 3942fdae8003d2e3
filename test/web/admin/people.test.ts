import { expect, it } from 'vitest'
import { mailPath } from '../../../src/signin/mail/folder.ts'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'
import { newCreator } from '../support/creator.ts'
import { mailOf } from '../support/mail.ts'

describePage('the administration of people', { engine: 'pglite' }, (web) => {
  const manage = async (email: string) => {
    const creator = await newCreator(web)
    const page = await web.visit('/admin/people', { as: creator })
    await page.getByLabel('Search people').fill(email)
    await page.getByText('1 person', { exact: true }).waitFor()
    await page.getByRole('button', { name: `Manage ${email}` }).click()
    return { creator, page, dialog: page.getByRole('dialog') }
  }
  const statusOf = async (token: string) =>
    (await fetch(`${web.gateway.url}/api/profile`, { headers: { authorization: `Bearer ${token}` } })).status

  it('finds somebody, suspends them once it was said what that means, and takes it back', async () => {
    const bob = await web.person()
    const { page, dialog } = await manage(bob.email)
    await dialog.getByRole('button', { name: 'Suspend …' }).click()
    await dialog.getByText(`Suspend ${bob.email}?`).waitFor()
    await expectAccessible(page)
    expect(await statusOf(bob.token)).toBe(200)
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).click()
    await dialog.getByText('This person is suspended.').waitFor()
    await expect.poll(() => statusOf(bob.token), { timeout: 5_000 }).not.toBe(200)
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: bob.email }).getByText('suspended').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone').waitFor()
    await expect.poll(() => statusOf(bob.token), { timeout: 5_000 }).toBe(200)
  })

  it('sets trust and quota, and takes no number that is none', async () => {
    const bob = await web.person()
    const { creator, page, dialog } = await manage(bob.email)
    await dialog.getByLabel('Trust').fill('2')
    await dialog.getByText('A number from 0 to 1 is wanted.').waitFor()
    await dialog.getByLabel('Trust').fill('0,8')
    await dialog.getByRole('button', { name: 'Set trust' }).click()
    await page.getByText(`Trust of ${bob.email} is 0.80.`).waitFor()
    await dialog.getByLabel('Quota a day').fill('1.25')
    await dialog.getByRole('button', { name: 'Set quota' }).click()
    await page.getByText(`Quota of ${bob.email}: $1.25.`).waitFor()
    await expectAccessible(page)
    expect((await creator.client.admin.people({ search: bob.email })).users).toMatchObject([
      { userId: bob.userId, trustLevel: 0.8, quota: 1_250_000_000 },
    ])
    expect((await bob.client.account.usage()).budget.limitNanoUsd).toBe(1_250_000_000)
  })

  it('lets a change be taken back while the dialog that made it is open', async () => {
    const bob = await web.person()
    const { creator, page, dialog } = await manage(bob.email)
    await dialog.getByLabel('Trust').fill('0.9')
    await dialog.getByRole('button', { name: 'Set trust' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Undone').waitFor()
    const { users } = await creator.client.admin.people({ search: bob.email })
    expect(users).toMatchObject([{ trustLevel: 0.5 }])
    const over = await page.evaluate(() =>
      document.querySelector('dialog [role=status]')?.getBoundingClientRect(),
    )
    expect((over?.x ?? 0) + (over?.width ?? Infinity)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
  })

  it('invites somebody by mail, and says so where they have an account', async () => {
    const creator = await newCreator(web)
    const page = await web.visit('/admin/people', { as: creator, expected: [/409/] })
    const dialog = page.getByRole('dialog')
    await page.getByRole('button', { name: 'Invite' }).click()
    await dialog.getByLabel('E-mail address').fill(creator.email)
    await dialog.getByRole('button', { name: 'Send invitation' }).click()
    await dialog.getByText('has an account already', { exact: false }).waitFor()
    await dialog.getByLabel('E-mail address').fill('invited@example.com')
    await dialog.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByRole('row', { name: /invited@example\.com.*invited/ }).waitFor()
    const { link } = await mailOf(
      mailPath(web.gateway.dataDir, { to: 'invited@example.com', kind: 'invite' }),
    )
    expect(link).toContain('/auth/v1/verify')
  })
})
