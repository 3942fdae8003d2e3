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

  it('shows what people call themselves as text, whatever it looks like', async () => {
    const person = await web.person()
    const name = '<img src=x onerror=alert(1)><script>alert(2)</script>"><svg/onload=alert(3)>'
    await person.client.account.changeProfile({ displayName: name })
    const page = await web.visit('/settings', { as: person })
    const said: string[] = []
    page.on('dialog', (dialog) => {
      said.push(dialog.message())
      void dialog.dismiss()
    })
    expect(await page.getByLabel('Name').inputValue()).toBe(name)
    await page.goto('/')
    await page.getByRole('button', { name: person.email }).waitFor()
    expect(await page.locator('img[src=x], svg[onload]').count()).toBe(0)
    expect(said).toEqual([])
  })

  it('runs no script that stands in the document, and makes no HTML of text', async () => {
    const page = await web.visit('/status', {
      expected: [/Content Security Policy|'Trusted(HTML|Script)'|TrustedScript assignment/],
    })
    await page.getByRole('heading', { level: 1 }).waitFor()
    const outcome = await page.evaluate(() => {
      const script = document.createElement('script')
      let html = 'made'
      try {
        script.append('window.ran = true')
        document.body.append(script)
      } catch {}
      try {
        document.body.insertAdjacentHTML('beforeend', '<i id="made"></i>')
      } catch {
        html = 'refused'
      }
      return { ran: 'ran' in window, html }
    })
    expect(outcome).toEqual({ ran: false, html: 'refused' })
  })

  it('offers to reload where a part of it cannot be loaded any more, and works again after it', async () => {
    const person = await web.person()
    const page = await web.visit('/', {
      as: person,
      // It has every part of the page; Playwright blocks it by answering what no browser does.
      serviceWorkers: 'block',
      expected: [
        /ERR_FAILED|Failed to (fetch|load)|Couldn't load preload|blocked by Playwright|reading 'update'/,
      ],
    })
    await page.getByRole('button', { name: person.email }).click()
    await page.route('**/assets/settings-page-*', (route) => route.abort())
    await page.getByRole('menuitem', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'This part of the page could not be loaded' }).waitFor()
    await expectAccessible(page)
    await page.unroute('**/assets/settings-page-*')
    await page.getByRole('button', { name: 'Reload' }).click()
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  })
})
