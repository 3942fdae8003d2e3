import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'

describePage('access tokens', { engine: 'pglite' }, (web) => {
  const ask = (token: string, path: string, init: RequestInit = {}) =>
    fetch(web.gateway.url + path, { ...init, headers: { authorization: `Bearer ${token}` } })

  it('are made with what they may do, shown once, used, and revoked', async () => {
    const page = await web.visit('/settings/tokens', {
      as: await web.person(),
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.getByText('You have no access tokens.').waitFor()
    await page.getByRole('button', { name: 'New token' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('nightly report')
    await dialog.getByRole('checkbox', { name: /^Read/ }).uncheck()
    await dialog.getByText('Choose at least one.').waitFor()
    await dialog.getByRole('checkbox', { name: /^Read/ }).check()
    await dialog.getByLabel('It works for').selectOption('week')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Create token' }).click()

    await page.getByRole('heading', { name: 'Your new token' }).waitFor()
    await expectAccessible(page)
    const token = (await dialog.locator('code').first().textContent()) ?? ''
    expect(token).toMatch(/^hlx_/)
    await dialog.getByRole('button', { name: 'Copy token' }).click()
    await dialog.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token)
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    expect((await ask(token, '/api/profile')).status).toBe(200)
    expect((await ask(token, '/api/account', { method: 'DELETE' })).status).toBe(403)

    await page.reload()
    await page.getByText('nightly report').waitFor()
    const kept = await page.content()
    expect(kept).not.toContain(token)
    expect(
      await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
    ).not.toContain(token)
    await page.getByRole('button', { name: 'Revoke nightly report' }).click()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('You have no access tokens.').waitFor()
    await expect.poll(async () => (await ask(token, '/api/profile')).status, { timeout: 5_000 }).toBe(401)
  })
})
