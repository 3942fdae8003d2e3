import { afterAll, expect, it } from 'vitest'
import { mailTo } from '../support/signin-mail.ts'
import { describePage } from './support/browser.ts'
import { startOtherHost } from './support/other-host.ts'

const host = await startOtherHost()
afterAll(() => host.close())
const settings = { web: { origins: [host.url], serve: false } }

describePage('the page on a host that is no gateway', { engine: 'pglite', settings }, (web) => {
  it('is never built with a secret', async () => {
    const built = host.build({ VITE_SUPABASE_ANON_KEY: 'sb_secret_abc' })
    await expect(built).rejects.toThrow('VITE_SUPABASE_ANON_KEY')
  })

  it('signs people in at the gateway it was built for, under the headers its build wrote', async () => {
    await host.build({ VITE_API_URL: web.gateway.url })
    const person = await web.person()
    const page = await web.visit(`${host.url}/sign-in`)
    await page.getByLabel('E-mail').fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: person.email }).waitFor()
    expect(page.url()).toBe(`${host.url}/`)

    const asking = await web.visit(`${host.url}/sign-in`)
    await asking.getByLabel('E-mail').fill(person.email)
    await asking.getByRole('button', { name: 'Mail me a link' }).click()
    await asking.getByRole('heading', { name: 'Look at your mail' }).waitFor()
    await asking.goto((await mailTo(web.gateway, person.email, 'magiclink')).link)
    await asking.getByRole('button', { name: person.email }).waitFor()
    expect(asking.url()).toBe(`${host.url}/`)
  })

  it('asks no other gateway, whatever a link says', async () => {
    const asked: string[] = []
    const page = await web.visit(`${host.url}/status`)
    page.on('request', (request) => asked.push(new URL(request.url()).origin))
    for (const query of ['gatewayUrl', 'apiUrl', 'url', 'VITE_API_URL', 'supabaseUrl'])
      await page.goto(`${host.url}/sign-in?${query}=https://evil.example#${query}=https://evil.example`)
    expect(new Set(asked)).toEqual(new Set([host.url, web.gateway.url]))
  })
})
