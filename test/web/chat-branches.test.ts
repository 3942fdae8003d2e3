import { expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'
import { ended, keyOf, lastReply, messages, say } from './support/chat.ts'

let written = 0

describePage(
  'the branches of a conversation',
  {
    engine: 'pglite',
    stub: {
      behave: ({ body }) => {
        const asked = JSON.stringify(body.messages.at(-1))
        if (asked.includes('[[fault')) return undefined
        written += 1
        return { reply: `reply number ${written}` }
      },
    },
  },
  (web) => {
    it('are made by having a reply again, and are switched in view', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Say something')
      await ended(page)
      const first = (await person.client.messages(keyOf(page))).messages.at(-1)?.content ?? ''
      await lastReply(page).getByRole('button', { name: 'Write it again' }).click()
      await page.getByText('2 / 2').waitFor()
      await ended(page)
      const second = (await person.client.messages(keyOf(page))).messages.at(-1)?.content ?? ''
      expect(second).not.toBe(first)
      await lastReply(page).getByText(second).waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'The version before' }).click()
      await page.getByText('1 / 2').waitFor()
      await lastReply(page).getByText(first).waitFor()
      expect(await messages(page).count()).toBe(2)
      const { activeMessageId } = await person.client.conversations.get(keyOf(page))
      const { messages: shown } = await person.client.messages(keyOf(page))
      expect(shown.at(-1)).toMatchObject({ id: activeMessageId, content: first })
    })

    it('are made by rewording a message; the old words and what followed stay', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'The first words')
      await ended(page)
      await say(page, 'What followed')
      await expect.poll(() => messages(page).count()).toBe(4)
      await ended(page)
      await messages(page).first().hover()
      await messages(page).first().getByRole('button', { name: 'Edit' }).click()
      const field = page.getByLabel('Your message in other words')
      await field.fill('The other words')
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Send the new words' }).click()
      await expect.poll(() => messages(page).count()).toBe(2)
      await ended(page)
      await messages(page).first().getByText('The other words').waitFor()
      await page.getByRole('button', { name: 'The version before' }).click()
      await expect.poll(() => messages(page).count()).toBe(4)
      expect(await messages(page).first().innerText()).toContain('The first words')
      await person.client.conversations.get(keyOf(page))
    })

    it('are switched on the other devices too', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Say something')
      await ended(page)
      const other = await web.visit(`/c/${keyOf(page)}`, { as: person })
      await ended(other)
      await lastReply(page).getByRole('button', { name: 'Write it again' }).click()
      await other.getByText('2 / 2').waitFor({ timeout: 5_000 })
      await ended(page)
      await page.getByRole('button', { name: 'The version before' }).click()
      await other.getByText('1 / 2').waitFor({ timeout: 5_000 })
    })

    it('are begun with the arrow up from an empty field, and left with Escape', async () => {
      const page = await web.visit('/', { as: await web.person() })
      await say(page, 'Typo herre')
      await ended(page)
      await page.getByRole('textbox', { name: 'Your message' }).press('ArrowUp')
      const field = page.getByLabel('Your message in other words')
      expect(await field.inputValue()).toBe('Typo herre')
      await field.press('Escape')
      expect(await field.count()).toBe(0)
    })

    it('offer a reply that failed again, and say why it did', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Please [[fault:bad-request]]')
      await page.getByText('This reply failed.').waitFor({ timeout: 20_000 })
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByText('2 / 2').waitFor({ timeout: 20_000 })
    })
  },
)
