import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Engine } from '../support/gateway.ts'
import { mailTo } from '../support/signin-mail.ts'
import { expectAccessible } from './support/axe.ts'
import { describePage, type Web } from './support/browser.ts'
import { withFactor } from './support/factor.ts'

const PASSWORD = 'correct horse battery staple'
/** What Chromium says of every answer that is no 2xx; the tests say which are meant. */
const REFUSED = { expected: [/status of 4\d\d/] }

async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await fillIn(page, email, password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Whoever is signed in stands at the foot of the sidebar. */
const signedInAs = (page: Page, email: string) => page.getByRole('button', { name: email }).waitFor()
const alertOf = (page: Page) => page.getByRole('alert').textContent()

let addresses = 0
const newAddress = () => `web-${process.pid}-${++addresses}@example.com`

// Beyond loopback an address has to be confirmed.
describeConfirmed('pglite')
describeConfirmed('postgres')

function describeConfirmed(engine: Engine): void {
  describePage(`signing up and in, with mails, on ${engine}`, { engine, host: '0.0.0.0' }, (web) => {
    it('goes from sign-up over the mail to the conversations, and holds over a reload', async () => {
      const email = newAddress()
      const page = await web.visit('/sign-up')
      await fillIn(page, email, PASSWORD)
      await page.getByRole('button', { name: 'Create an account' }).click()
      await page.getByRole('heading', { name: 'Look at your mail' }).waitFor()
      expect(await page.getByText(email).count()).toBeGreaterThan(0)

      const { link } = await mailTo(web.gateway, email, 'signup')
      await page.goto(link)
      await signedInAs(page, email)
      expect(new URL(page.url()).pathname).toBe('/')
      expect(page.url()).not.toContain('code')

      await page.reload()
      await signedInAs(page, email)
      await page.getByRole('button', { name: email }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.waitForURL('**/sign-in')
      await signIn(page, email)
      await signedInAs(page, email)
    })

    it('takes the code of the mail where the link would open elsewhere', async () => {
      const email = newAddress()
      const page = await web.visit('/sign-up')
      await fillIn(page, email, PASSWORD)
      await page.getByRole('button', { name: 'Create an account' }).click()
      const { code } = await mailTo(web.gateway, email, 'signup')
      await page.getByLabel('Code from the mail').fill(code)
      await page.getByRole('button', { name: 'Use the code' }).click()
      await signedInAs(page, email)
    })

    it('signs in by a mailed link, and chooses a new password by another', async () => {
      const { email } = await confirmedPerson(web)
      const page = await web.visit('/sign-in', REFUSED)
      await page.getByLabel('E-mail').fill(email)
      await page.getByRole('button', { name: 'Mail me a link' }).click()
      await page.getByRole('heading', { name: 'Look at your mail' }).waitFor()
      await page.goto((await mailTo(web.gateway, email, 'magiclink')).link)
      await signedInAs(page, email)

      const forgetful = await web.visit('/forgot')
      await forgetful.getByLabel('E-mail').fill(email)
      await forgetful.getByRole('button', { name: 'Mail me the link' }).click()
      await forgetful.getByRole('heading', { name: 'Look at your mail' }).waitFor()
      await forgetful.goto((await mailTo(web.gateway, email, 'recovery')).link)
      await forgetful.getByLabel('New password').fill('another horse, another battery')
      await forgetful.getByRole('button', { name: 'Save and go on' }).click()
      await signedInAs(forgetful, email)
      await forgetful.getByText('Your new password holds.').waitFor()
      // Every other device is signed out by it.
      await page.waitForURL('**/sign-in')
    })

    it('says of an address that is not confirmed that it is not, and mails the link again', async () => {
      const email = newAddress()
      const page = await web.visit('/sign-up', REFUSED)
      await fillIn(page, email, PASSWORD)
      await page.getByRole('button', { name: 'Create an account' }).click()
      await page.getByRole('link', { name: 'Back to sign-in' }).click()
      await signIn(page, email)
      expect(await alertOf(page)).toContain('This address is not confirmed yet.')
      await page.getByRole('button', { name: 'Mail the link again' }).click()
      // A mail went out a moment ago.
      await page.getByText(/A mail has just been sent\. Try again in \d+ seconds\./).waitFor()
    })

    it('tells whoever opens the link in another browser what to do', async () => {
      const { email } = await confirmedPerson(web)
      const asking = await web.visit('/sign-in')
      await asking.getByLabel('E-mail').fill(email)
      await asking.getByRole('button', { name: 'Mail me a link' }).click()
      const { link } = await mailTo(web.gateway, email, 'magiclink')
      const elsewhere = await web.visit(link)
      await elsewhere.getByText('It was asked for in another browser.').waitFor()
      await expectAccessible(elsewhere)
      await elsewhere.goto(link)
      await elsewhere.getByText('It was used already, or is too old.').waitFor()
    })
  })
}

/** Somebody whose address was confirmed, by the code of the mail. */
async function confirmedPerson(web: Web): Promise<{ email: string }> {
  const email = newAddress()
  const post = (path: string, body: unknown) =>
    fetch(`${web.gateway.url}/auth/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('signup', { email, password: PASSWORD })
  const { code } = await mailTo(web.gateway, email, 'signup')
  const answer = await post('verify', { type: 'signup', email, token: code })
  expect(answer.status).toBe(200)
  return { email }
}

describePage('signing in', { engine: 'pglite' }, (web) => {
  it('is at once where the address needs no confirmation', async () => {
    const email = newAddress()
    const page = await web.visit('/sign-up')
    await fillIn(page, email, PASSWORD)
    await page.getByRole('button', { name: 'Create an account' }).click()
    await signedInAs(page, email)
  })

  it('says in words why it was refused', async () => {
    const { email } = await web.person()
    const page = await web.visit('/sign-in', REFUSED)
    await signIn(page, email, 'not the password')
    expect(await alertOf(page)).toBe('Address and password do not fit.')
    await expectAccessible(page)

    await page.goto('/sign-up')
    await fillIn(page, email, PASSWORD)
    await page.getByRole('button', { name: 'Create an account' }).click()
    expect(await alertOf(page)).toContain('There is an account with this address.')
    // The browser itself holds the field to its least length; a program in its place would not.
    await page.getByLabel('Password', { exact: true }).evaluate((field) => field.removeAttribute('minlength'))
    await fillIn(page, newAddress(), 'short')
    await page.getByRole('button', { name: 'Create an account' }).click()
    await page.getByText('Choose a stronger password: 8 characters or more.').waitFor()
  })

  it('leads on to where one wanted to go, and never off the page', async () => {
    const person = await web.person()
    const page = await web.visit('/settings')
    await signIn(page, person.email)
    await page.waitForURL('**/settings')
    for (const to of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const lured = await web.visit(`/sign-in?to=${encodeURIComponent(to)}`, { as: person })
      await signedInAs(lured, person.email)
      expect(new URL(lured.url()).origin + new URL(lured.url()).pathname).toBe(`${web.gateway.url}/`)
    }
  })

  it('takes the code of the second factor', async () => {
    const person = await web.person()
    const code = await withFactor(web.gateway.url, person)
    const page = await web.visit('/sign-in', REFUSED)
    await signIn(page, person.email)
    await page.getByRole('heading', { name: 'One more proof' }).waitFor()
    await expectAccessible(page)
    await page.reload()
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Go on' }).click()
    expect(await alertOf(page)).toContain('That code is not right')
    await page.getByLabel('Code').fill(code())
    await page.getByRole('button', { name: 'Go on' }).click()
    await signedInAs(page, person.email)
  })

  it('ends in all tabs at once', async () => {
    const person = await web.person()
    const first = await web.visit('/', { as: person })
    const second = await web.visit('/settings', { within: first.context() })
    await signedInAs(second, person.email)
    await first.getByRole('button', { name: person.email }).click()
    await first.getByRole('menuitem', { name: 'Sign out' }).click()
    await first.waitForURL('**/sign-in')
    await second.waitForURL('**/sign-in?to=%2Fsettings')
    await second.reload()
    await second.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  it('follows the link that `helix up` prints, and takes what it carries out of the address', async () => {
    const person = await web.person()
    const { signin } = web.gateway.running.services
    const link = await signin?.accounts.oneTimeSignIn(person.userId)
    const page = await web.visit(link ?? '')
    await signedInAs(page, person.email)
    expect(page.url()).toBe(`${web.gateway.url}/`)
    expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2)
  })

  it('goes on under the name of this machine that the page was opened with', async () => {
    const { email } = await web.person()
    const local = web.gateway.url.replace('127.0.0.1', 'localhost')
    const page = await web.visit(`${local}/sign-in`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByRole('button', { name: 'Mail me a link' }).click()
    await page.getByRole('heading', { name: 'Look at your mail' }).waitFor()
    await page.goto((await mailTo(web.gateway, email, 'magiclink')).link)
    await signedInAs(page, email)
    expect(page.url()).toBe(`${local}/`)
  })

  it('asks before a link signs in another account than the one there is', async () => {
    const [ada, mallory] = [await web.person(), await web.person()]
    const link = await web.gateway.running.services.signin?.accounts.oneTimeSignIn(mallory.userId)
    const page = await web.visit('/', { as: ada })
    await page.goto(link ?? '')
    await page.getByText(`This link signs you in as ${mallory.email}`).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Keep my account' }).click()
    await signedInAs(page, ada.email)
  })

  it('speaks the language of the browser, and the one that is chosen', async () => {
    const page = await web.visit('/sign-in', { locale: 'pt-PT' })
    await page.getByRole('heading', { name: 'Iniciar sessão' }).waitFor()
    expect(await page.getAttribute('html', 'lang')).toBe('pt-PT')
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  it.each(['/sign-in', '/sign-up', '/forgot', '/reset', '/confirm'])('is accessible at %s', async (path) => {
    const page = await web.visit(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(page)
  })
})
