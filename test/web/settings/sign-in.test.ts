import { expect, it } from 'vitest'
import { mailPath } from '../../../src/signin/mail/folder.ts'
import { describePage } from '../support/browser.ts'
import { mailOf } from '../support/mail.ts'

describePage('how a person signs in', { engine: 'pglite' }, (web) => {
  const signIn = (email: string, password: string) =>
    fetch(`${web.gateway.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
  const NEW = 'another battery, quite correct'

  it('is changed by a new password, which ends what was signed in elsewhere', async () => {
    const ada = await web.person()
    const elsewhere = (await (await signIn(ada.email, ada.password)).json()) as { access_token: string }
    const page = await web.visit('/settings/sign-in', { as: ada, expected: [/422/] })
    await page.getByLabel('New password').fill(ada.password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('That is your password already.').waitFor()
    await page.getByLabel('New password').fill(NEW)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed.', { exact: false }).waitFor()
    expect((await signIn(ada.email, ada.password)).status).toBe(400)
    expect((await signIn(ada.email, NEW)).status).toBe(200)
    const refused = await fetch(`${web.gateway.url}/api/profile`, {
      headers: { authorization: `Bearer ${elsewhere.access_token}` },
    })
    expect(refused.status).toBe(401)
    await page.goto('/settings')
    await page.getByLabel('Name').waitFor()
  })

  it('takes a mailed code for a new password once the sign-in is a day old', async () => {
    const ada = await web.person()
    await web.gateway.db.query(
      `update auth.sessions set created_at = now() - interval '2 days' where user_id = $1`,
      [ada.userId],
    )
    const page = await web.visit('/settings/sign-in', { as: ada, expected: [/4\d\d/] })
    await page.getByLabel('New password').fill(NEW)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByLabel('Code from the mail').fill('000000')
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('That code is not right', { exact: false }).waitFor()
    const { code } = await mailOf(mailPath(web.gateway.dataDir, { to: ada.email, kind: 'reauthentication' }))
    await page.getByLabel('Code from the mail').fill(code)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed.', { exact: false }).waitFor()
    expect((await signIn(ada.email, NEW)).status).toBe(200)
  })

  it('moves to another address once both were followed', async () => {
    const ada = await web.person()
    const email = `new-${ada.email}`
    const page = await web.visit('/settings/sign-in', { as: ada })
    await page.getByLabel('New address').fill('nowhere')
    await page.getByRole('button', { name: 'Change address' }).click()
    await page.getByText('An e-mail address is wanted.').waitFor()
    await page.getByLabel('New address').fill(email)
    await page.getByRole('button', { name: 'Change address' }).click()
    await page.getByText(`${email} is waiting to be confirmed`, { exact: false }).waitFor()
    for (const [kind, to] of [
      ['email_change_current', ada.email],
      ['email_change_new', email],
    ] as const) {
      const { link } = await mailOf(mailPath(web.gateway.dataDir, { to, kind }))
      expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
    }
    await page.reload()
    await page.getByText(`You sign in as ${email}.`).waitFor()
    expect((await signIn(email, ada.password)).status).toBe(200)
  })
})
