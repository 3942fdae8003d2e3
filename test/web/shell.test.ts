import { expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'

describePage('the page around every page', { engine: 'pglite' }, (web) => {
  it('sends who is not signed in to sign in', async () => {
    const page = await web.visit('/settings')
    await page.waitForURL('**/sign-in?to=%2Fsettings')
  })

  it('opens for who is, and says who that is', async () => {
    const person = await web.person()
    const page = await web.visit('/settings', { as: person })
    await page.getByText(person.email).waitFor()
    expect(await page.title()).toBe('Settings · Helix')
    await expectAccessible(page)
  })

  it('says that there is nothing at an address that is none of it', async () => {
    const page = await web.visit('/nowhere', { expected: [/404 \(Not Found\)/] })
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
    await expectAccessible(page)
  })
})
