import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { hostedUnavailable } from '../support/hosted-database.ts'
import { startOnHostedSupabase } from '../support/hosted-supabase.ts'
import { mailTo } from '../support/signin-mail.ts'
import { describeServed } from './support/browser.ts'

const PASSWORD = 'correct horse battery staple'

/** Hosted projects let every page read their answers; the stand-in does not say so itself. */
async function readableByPages(page: Page, origin: string): Promise<void> {
  const headers = {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*',
    'access-control-allow-methods': '*',
  }
  await page.context().route(`${origin}/**`, async (route) => {
    if (route.request().method() === 'OPTIONS') return route.fulfill({ status: 204, headers })
    const response = await route.fetch({ maxRedirects: 0 })
    return route.fulfill({ response, headers: { ...response.headers(), ...headers } })
  })
}

async function start() {
  const hosted = await startOnHostedSupabase({ autoConfirm: false })
  return { ...hosted, url: hosted.urls[0] ?? '' }
}

if (hostedUnavailable) it.skip(`the page in supabase mode ${hostedUnavailable}`, () => {})
else
  describeServed('the page in supabase mode', start, (web) => {
    it('signs people up and in at the project, and talks to the gateway with its tokens', async () => {
      const { project } = web.gateway
      const email = `hosted-${process.pid}@example.com`
      const page = await web.visit('/sign-up')
      await readableByPages(page, project.url)
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.getByLabel('E-mail').fill(email)
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'Create an account' }).click()
      await page.getByLabel('Code from the mail').fill((await mailTo(project, email, 'signup')).code)
      await page.getByRole('button', { name: 'Use the code' }).click()
      await page.getByRole('button', { name: email }).waitFor()
      await expect.poll(() => asked.some((url) => url.startsWith(`${web.gateway.url}/api/`))).toBe(true)
      const signIns = asked.filter((url) => url.includes('/auth/v1/'))
      expect(signIns.length).toBeGreaterThan(1)
      expect(signIns.filter((url) => !url.startsWith(project.url))).toEqual([])
    })
  })
