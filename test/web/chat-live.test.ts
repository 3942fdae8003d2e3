import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { packageRoot } from '../../src/config/package.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { describePage } from './support/browser.ts'
import { ended, keyOf, lastReply, messages, say } from './support/chat.ts'

const run = promisify(execFile)
/** What a person waits for at most until the other device shows it, in ms. */
const SEEN_WITHIN_MS = 1_000

for (const engine of ['pglite', 'postgres'] as const) {
  if (engine === 'postgres' && postgresUnavailable) {
    it.skip(`a conversation on several devices, on postgres (${postgresUnavailable})`, () => {})
    continue
  }
  describePage(
    `a conversation on several devices, on ${engine}`,
    { engine, stub: { defaults: { words: 80, paceMs: 20 } } },
    (web) => {
      it('is the same in two browsers and a terminal, while it is written and after', async () => {
        const person = await web.person()
        const one = await web.visit('/', { as: person })
        await say(one, 'From the first browser')
        await lastReply(one).getByText('word3 ').waitFor()
        const key = keyOf(one)

        // The second browser joins while the reply is written, and sees it grow.
        const two = await web.visit(`/c/${key}`, { as: person })
        await lastReply(two).getByText('word9 ').waitFor()
        expect(await two.getByRole('button', { name: 'Stop the reply' }).isVisible()).toBe(true)
        await Promise.all([ended(one), ended(two)])

        // A word from the second is on the first within a second.
        await say(two, 'From the second browser')
        const sent = Date.now()
        await one.getByText('From the second browser').waitFor()
        await one.getByRole('button', { name: 'Stop the reply' }).waitFor()
        expect(Date.now() - sent).toBeLessThan(SEEN_WITHIN_MS + 1_000)
        await Promise.all([ended(one), ended(two)])

        // The terminal goes on; both browsers attach to the reply that was begun there.
        const asked = run(
          process.execPath,
          ['bin/helix.ts', 'ask', '--url', web.gateway.url, '--session', key, '--json', 'From the terminal'],
          { cwd: packageRoot(), env: { ...process.env, HELIX_TOKEN: person.token } },
        )
        await one.getByText('From the terminal').waitFor()
        await one.getByRole('button', { name: 'Stop the reply' }).waitFor()
        await two.getByText('From the terminal').waitFor()
        const answer = JSON.parse((await asked).stdout)
        await Promise.all([ended(one), ended(two)])

        const { messageCount } = await person.client.conversations.get(key)
        expect(messageCount).toBe(6)
        for (const page of [one, two]) expect(await messages(page).count()).toBe(messageCount)
        const shown = await Promise.all([one, two].map((page) => messages(page).allInnerTexts()))
        expect(shown[0]).toEqual(shown[1])
        expect(shown[0]?.at(-1)).toContain(answer.data.content)
      })

      it('goes on after a reload in the middle of a reply, without a lost or doubled character', async () => {
        const person = await web.person()
        const page = await web.visit('/', { as: person })
        await say(page, 'Tell me')
        await lastReply(page).getByText('word4 ').waitFor()
        await page.reload()
        await lastReply(page).getByText('word12 ').waitFor()
        await page.reload()
        await ended(page)
        const stored = (await person.client.messages(keyOf(page))).messages.at(-1)
        expect(stored?.status).toBe('complete')
        expect(await lastReply(page).locator('p').first().innerText()).toBe(stored?.content)
      })

      it('shows another title, and its own deletion, wherever it is open', async () => {
        const person = await web.person()
        const page = await web.visit('/', { as: person })
        await say(page, 'A conversation about nothing')
        await ended(page)
        const key = keyOf(page)
        const other = await web.visit(`/c/${key}`, { as: person })
        await ended(other)
        const link = page.getByRole('link', { name: 'A conversation about nothing' })
        await link.hover()
        await page.getByRole('button', { name: /^Options of/ }).click()
        await page.getByRole('menuitem', { name: 'Rename' }).click()
        await page.getByLabel('Title of the conversation').fill('A walk by the river')
        await page.keyboard.press('Enter')
        await other.getByRole('heading', { name: 'A walk by the river' }).waitFor({ timeout: 5_000 })
        await page.getByRole('link', { name: 'A walk by the river' }).hover()
        await page.getByRole('button', { name: /^Options of/ }).click()
        await page.getByRole('menuitem', { name: 'Delete' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
        await page.getByRole('heading', { name: 'What is on your mind?' }).waitFor()
        await other
          .getByRole('heading', { name: 'This conversation is not here' })
          .waitFor({ timeout: 5_000 })
        expect(await other.getByRole('link', { name: 'A walk by the river' }).count()).toBe(0)
      })
    },
  )
}
