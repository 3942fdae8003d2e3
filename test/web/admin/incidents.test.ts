import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'
import { newCreator } from '../support/creator.ts'

/** The status is a few seconds old at most. */
const LATER = { timeout: 15_000, interval: 500 }

describePage('incidents', { engine: 'pglite' }, (web) => {
  /** What everyone is shown, without a sign-in. */
  const publicPage = () => web.visit('/status')
  const tells = (page: Page, text: string) =>
    expect
      .poll(async () => {
        await page.reload()
        await page.getByRole('heading', { level: 1 }).waitFor()
        return page.getByText(text, { exact: false }).count()
      }, LATER)
      .toBe(1)
  const shows = (page: Page, text: string) => page.getByText(text, { exact: false }).first().waitFor()

  it('are opened, go on, are corrected and resolved, each for everyone to see', async () => {
    const expected = [/400.*\/updates/]
    const page = await web.visit('/admin/incidents', { as: await newCreator(web), expected })
    await page.getByText('There was never an incident.').waitFor()
    await page.getByRole('button', { name: 'Open an incident' }).click()
    const dialog = page.getByRole('dialog')
    await expectAccessible(page)
    await dialog.getByLabel('Title').fill('Replies are slow')
    await dialog.getByLabel('Severity').selectOption('major')
    await dialog.getByLabel('What to tell people').fill('We are looking into it.')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('heading', { name: 'Replies are slow' }).waitFor()
    const shown = await publicPage()
    await tells(shown, 'We are looking into it.')
    await shown.getByRole('heading', { name: 'Helix has a problem that is being worked on.' }).waitFor()

    await page.getByRole('button', { name: 'Edit' }).click()
    await dialog.getByLabel('Title').fill('Replies begin slowly')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Replies begin slowly' }).waitFor()
    await page.getByRole('button', { name: 'Post an update' }).click()
    await dialog.getByLabel('Where it stands').selectOption('identified')
    await dialog.getByLabel('What to tell people').fill('Claude is overloaded.')
    await dialog.getByRole('button', { name: 'Post update' }).click()
    await shows(page, 'Claude is overloaded.')

    const owner = (sql: string) => web.gateway.db.transaction('owner', (tx) => tx.script(sql))
    await owner('alter table public.session_messages disable trigger count_messages')
    await page.getByRole('button', { name: 'Resolve' }).click()
    await dialog.getByRole('button', { name: 'Resolve' }).click()
    await dialog.getByText('Not everything in the database fits together').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Resolve all the same' }).click()
    await page.getByRole('heading', { name: 'Resolved' }).waitFor()
    await owner('alter table public.session_messages enable trigger count_messages')
    await expectAccessible(page)
    await tells(shown, 'lasted')
    await shown.getByRole('heading', { name: 'Everything works.' }).waitFor()
    await expectAccessible(shown)
  }, 90_000)
})
