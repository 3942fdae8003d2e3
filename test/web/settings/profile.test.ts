import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'

describePage('the settings', { engine: 'pglite' }, (web) => {
  it('change how Helix knows a person, and take no picture that is none', async () => {
    const ada = await web.person()
    const page = await web.visit('/settings', { as: ada })
    await page.getByLabel('Name').fill('Ada Lovelace')
    await page.getByLabel('Address of a picture').fill('http://example.com/ada.png')
    await page.getByText('An address that begins with https:// is wanted', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Save profile' }).click()
    expect((await ada.client.account.profile()).displayName).toBeNull()
    await page.getByLabel('Address of a picture').fill('https://example.com/ada.png')
    await page.getByRole('button', { name: 'Save profile' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    expect(await ada.client.account.profile()).toMatchObject({
      displayName: 'Ada Lovelace',
      avatarUrl: 'https://example.com/ada.png',
    })
    await page.reload()
    expect(await page.getByLabel('Name').inputValue()).toBe('Ada Lovelace')
  })

  it('keep language and appearance on the device', async () => {
    const page = await web.visit('/settings/look', { as: await web.person() })
    await page.getByLabel('Português').check()
    await page.getByRole('heading', { name: 'Idioma e aspeto' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('pt-PT')
    await page.getByLabel('Escuro').check()
    await page.reload()
    await page.getByRole('heading', { name: 'Idioma e aspeto' }).waitFor()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(await page.getByLabel('Escuro').isChecked()).toBe(true)
  })

  const SECTIONS = ['', '/look', '/sign-in', '/devices', '/tokens', '/data']

  it.each([
    ['a desk', 1280],
    ['a phone', 390],
  ])(
    'are accessible in every section, and nothing is wider than %s',
    async (_, width) => {
      const page = await web.visit('/settings', {
        as: await web.person(),
        viewport: { width, height: 844 },
      })
      for (const section of SECTIONS) {
        await page.goto(`/settings${section}`)
        await page.getByRole('heading', { level: 2 }).first().waitFor()
        await page.waitForFunction(() => document.querySelector('[class*=spinner]') === null)
        await expectAccessible(page)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(over, section).toBeLessThanOrEqual(0)
      }
    },
    90_000,
  )
})
