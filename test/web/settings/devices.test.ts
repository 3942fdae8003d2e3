import { expect, it } from 'vitest'
import { describePage } from '../support/browser.ts'
import type { Person } from '../support/person.ts'

describePage('signed-in devices', { engine: 'pglite' }, (web) => {
  async function elsewhere({ email, password }: Person, userAgent: string): Promise<string> {
    const answer = await fetch(`${web.gateway.url}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': userAgent },
      body: JSON.stringify({ email, password }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const statusOf = async (token: string) =>
    (await fetch(`${web.gateway.url}/api/profile`, { headers: { authorization: `Bearer ${token}` } })).status
  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'

  it('are told apart, and signed out one by one or all others at once', async () => {
    const ada = await web.person()
    const [phone, desk, terminal] = await Promise.all(
      ['Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36', FIREFOX, 'node'].map((agent) =>
        elsewhere(ada, agent),
      ),
    )
    const page = await web.visit('/settings/devices', { as: ada })
    await page.getByText('This device').waitFor()
    expect(await page.locator('main').getByRole('listitem').first().innerText()).toContain('This device')
    await page.getByText('Chrome on Android').waitFor()
    await page.getByRole('button', { name: 'Sign out Firefox on Linux' }).click()
    await page.getByText('Firefox on Linux is signed out.').waitFor()
    expect(await statusOf(desk ?? '')).toBe(401)
    expect(await statusOf(phone ?? '')).toBe(200)
    await page.getByRole('button', { name: 'Sign out all other devices' }).click()
    await page.getByText('You are signed in nowhere else.').waitFor()
    expect(await Promise.all([phone, terminal].map((token) => statusOf(token ?? '')))).toEqual([401, 401])
    expect(await statusOf(ada.token)).toBe(200)
  })

  it('are all signed out at once, this one too', async () => {
    const ada = await web.person()
    const other = await elsewhere(ada, FIREFOX)
    const page = await web.visit('/settings/devices', { as: ada })
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.waitForURL('**/sign-in*')
    expect(await statusOf(other)).toBe(401)
    expect(await statusOf(ada.token)).toBe(401)
  })

  it('cannot be listed where Supabase signs people in, which is said, and all can be signed out', async () => {
    const ada = await web.person()
    // Built for another host, the page is told of the project; nothing of it is asked here.
    const page = await web.visit('/status', { as: ada })
    await page.route('**/settings/devices', async (route) => {
      const answer = await route.fetch()
      const document = (await answer.text()).replace(
        /(<meta name="helix-config" content=")([^"]*)/,
        (_, before: string, content: string) =>
          before +
          content
            .replace(/(&#34;mode&#34;:&#34;)\w+/, '$1supabase')
            .replace(/(&#34;supabaseUrl&#34;:&#34;)[^&]*/, '$1https://project.supabase.co'),
      )
      await route.fulfill({ response: answer, body: document })
    })
    await page.goto('/settings/devices')
    await page.getByText('which does not tell where you are signed in', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere' }).waitFor()
    expect(await page.getByText('This device').count()).toBe(0)
  })
})
