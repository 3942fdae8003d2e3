import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { encode } from 'uqr'
import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'

describePage('a second factor', { engine: 'pglite' }, (web) => {
  const codeOf = (secret: string) => new TOTP({ secret }).generate()

  /** Sets one up; answers its secret as the page shows it. */
  async function setUp(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Set up' }).click()
    const dialog = page.getByRole('dialog')
    const begun = page.waitForResponse((response) => response.url().endsWith('/auth/v1/factors'))
    await dialog.getByRole('button', { name: 'Set up' }).click()
    const { totp } = (await (await begun).json()) as { totp: { uri: string } }
    const shown = await dialog.getByRole('img', { name: 'QR code' }).locator('path').getAttribute('d')
    const dark = encode(totp.uri, { border: 1 }).data.flat().filter(Boolean).length
    expect(shown?.match(/M/g)).toHaveLength(dark)
    const secret = (await dialog.locator('code').textContent())?.replaceAll(' ', '') ?? ''
    expect(new URL(totp.uri).searchParams.get('secret')).toBe(secret)
    return secret
  }

  it('is set up by a code, asked for from then on, and removed again', async () => {
    const ada = await web.person()
    const page = await web.visit('/settings/sign-in', { as: ada, expected: [/422/] })
    const secret = await setUp(page)
    await expectAccessible(page)
    const dialog = page.getByRole('dialog')
    const wrong = codeOf(secret) === '000000' ? '000001' : '000000'
    await dialog.getByLabel('Code of six digits').fill(wrong)
    await dialog.getByRole('button', { name: 'Turn on' }).click()
    await dialog.getByText('That code does not fit', { exact: false }).waitFor()
    await dialog.getByLabel('Code of six digits').fill(codeOf(secret))
    await dialog.getByRole('button', { name: 'Turn on' }).click()
    await page.getByText('Authenticator, added now').waitFor()
    const { factorId } = await ada.client.signin.password(ada.email, ada.password)
    expect(factorId).toBeDefined()

    await page.reload()
    await page.getByText('Authenticator, added').waitFor()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The second factor is removed.').waitFor()
    await page.getByRole('button', { name: 'Set up' }).waitFor()
    expect((await ada.client.signin.password(ada.email, ada.password)).factorId).toBeUndefined()
  })

  it('that was begun and left counts for nothing, and its name is free', async () => {
    const ada = await web.person()
    const page = await web.visit('/settings/sign-in', { as: ada })
    await setUp(page)
    const removed = page.waitForResponse((response) => response.request().method() === 'DELETE')
    await page.keyboard.press('Escape')
    expect((await removed).status()).toBe(200)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await setUp(page)
  })
})
