import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { expectAccessible } from '../support/axe.ts'
import { describePage } from '../support/browser.ts'

describePage('one’s data', { engine: 'pglite' }, (web) => {
  it('is taken out as a whole document', async () => {
    const ada = await web.person()
    await ada.client.send({ message: 'A word to take out' })
    const page = await web.visit('/settings/data', { as: ada })
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    const download = await saved
    expect(download.suggestedFilename()).toMatch(/^helix-export-\d{4}-\d\d-\d\d\.json$/)
    const document = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(document).toMatchObject({ userId: ada.userId, complete: true, account: { email: ada.email } })
    expect(JSON.stringify(document.conversations)).toContain('A word to take out')
    await page.getByText('Saved:', { exact: false }).waitFor()
  })

  it('that was cut off on the way is not saved', async () => {
    const page = await web.visit('/settings/data', { as: await web.person() })
    await page.route('**/api/export', (route) =>
      route.fulfill({ contentType: 'application/json', body: '{"schemaVersion":1,"conversations":[' }),
    )
    let downloads = 0
    page.on('download', () => {
      downloads += 1
    })
    await page.getByRole('button', { name: 'Download' }).click()
    await page.getByText('The document was cut off.', { exact: false }).waitFor()
    expect(downloads).toBe(0)
  })

  it('is deleted once the address was typed, and nothing of it is left', async () => {
    const ada = await web.person()
    // The session is gone with the account: what follows the feed or signs out is refused.
    const expected = [/403.*\/logout/, /401.*\/api\/events/, /400.*\/token/]
    const page = await web.visit('/settings/data', { as: ada, expected })
    await page.getByRole('button', { name: 'Delete account …' }).click()
    const dialog = page.getByRole('dialog')
    await expectAccessible(page)
    await dialog.getByLabel('Type', { exact: false }).fill('somebody@example.com')
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await dialog.getByText('This does not match.').waitFor()
    await dialog.getByLabel('Type', { exact: false }).fill(ada.email)
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await page.waitForURL('**/sign-in*')
    const rows = await web.gateway.db.query('select from auth.users where id = $1', [ada.userId])
    expect(rows).toEqual([])
    expect(await page.evaluate(() => localStorage.getItem('helix.session'))).toBeNull()
  })

  it('is deleted only by who proves it is still them, where the sign-in was a while ago', async () => {
    const ada = await web.person()
    await web.gateway.db.query(
      `update auth.mfa_amr_claims set updated_at = now() - interval '1 hour', created_at = now() - interval '1 hour'
       where session_id in (select id from auth.sessions where user_id = $1)`,
      [ada.userId],
    )
    const page = await web.visit('/sign-in', { expected: [/40[013]/] })
    // A token of later than the sign-in, as a page has it that was open for a while.
    await page.evaluate((kept) => {
      const session = JSON.parse(kept)
      localStorage.setItem('helix.session', JSON.stringify({ ...session, expires_at: 0 }))
    }, ada.keptAt('').origins[0]?.localStorage[0]?.value ?? '')
    await page.goto('/settings/data')
    await page.getByRole('button', { name: 'Delete account …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Type', { exact: false }).fill(ada.email)
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await dialog.getByLabel('Password', { exact: true }).fill('not it')
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await dialog.getByText('That password is not right.').waitFor()
    await dialog.getByLabel('Password', { exact: true }).fill(ada.password)
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await page.waitForURL('**/sign-in*')
    expect(await web.gateway.db.query('select from auth.users where id = $1', [ada.userId])).toEqual([])
  })
})
