import type { Request } from 'playwright-core'
import { expect, it } from 'vitest'
import type { MessagePage } from '../../src/contract/chat.ts'
import { expectAccessible } from './support/axe.ts'
import { describePage } from './support/browser.ts'
import { ended, keyOf, lastReply, messages, say } from './support/chat.ts'

const RICH = `Some **bold** words and \`code\`.

\`\`\`ts
const answer = 42
\`\`\`

| a | b |
|---|--:|
| 1 | 2 |

Euler: $e^{i\\pi} + 1 = 0$.`

describePage(
  'a conversation',
  {
    engine: 'pglite',
    stub: {
      behave: ({ body }) => {
        const asked = JSON.stringify(body.messages.at(-1))
        if (asked.includes('something rich')) return { reply: RICH }
        if (asked.includes('something long')) return { words: 400, paceMs: 20 }
        if (asked.includes('مرحبا')) return { reply: 'أهلا `code`\n\n- عنصر\n\nAnd English.' }
        if (asked.includes('cut short')) return { reply: 'Once upon a', stopReason: 'max_tokens' }
        return undefined
      },
    },
  },
  (web) => {
    it('begins with the first message, over the requests that the guide looks for', async () => {
      const page = await web.visit('/', { as: await web.person() })
      const requests: Request[] = []
      page.on('request', (request) => requests.push(request))
      await say(page, 'Hello, Helix!')
      await lastReply(page).getByText('Réponse ✓').waitFor()
      await ended(page)
      const [send] = requests.filter((request) => request.method() === 'POST')
      expect(send?.url()).toBe(`${web.gateway.url}/api/chat/message`)
      expect(send?.headers()).toMatchObject({
        accept: 'text/event-stream',
        authorization: expect.stringMatching(/^Bearer /),
      })
      expect(send?.postDataJSON()).toMatchObject({ message: 'Hello, Helix!', sessionKey: keyOf(page) })
      expect((await send?.response())?.headers()['content-type']).toMatch(/^text\/event-stream/)
      expect(requests.every((request) => new URL(request.url()).origin === web.gateway.url)).toBe(true)
    })

    it('is stored as it is shown, and is there after a reload', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Hello, Helix!')
      await ended(page)
      const stored = await person.client.messages(keyOf(page))
      expect(stored.messages.map(({ role, status }) => [role, status])).toEqual([
        ['user', 'complete'],
        ['assistant', 'complete'],
      ])
      await page.reload()
      await ended(page)
      expect(await messages(page).allInnerTexts()).toEqual(
        stored.messages.map(({ content }) => expect.stringContaining(content)),
      )
      await page.getByRole('link', { name: stored.messages[0]?.content ?? '' }).waitFor()
    })

    it('shows Markdown, highlighted code, tables and formulas, and breaks no rule of its own', async () => {
      const page = await web.visit('/', { as: await web.person() })
      await say(page, 'Give me something rich')
      await ended(page)
      const reply = lastReply(page)
      await reply.locator('strong', { hasText: 'bold' }).waitFor()
      await reply.locator('.hljs-keyword', { hasText: 'const' }).waitFor()
      expect(await reply.locator('figcaption').innerText()).toMatch(/^ts/)
      expect(await reply.locator('td').allInnerTexts()).toEqual(['1', '2'])
      await reply.locator('math').waitFor()
      await expectAccessible(page)
    })

    it('copies code and whole replies', async () => {
      const page = await web.visit('/', {
        as: await web.person(),
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      await say(page, 'Give me something rich')
      await ended(page)
      await lastReply(page).locator('.hljs-keyword').first().waitFor()
      // Only the page in front may write to the clipboard.
      await page.bringToFront()
      await lastReply(page).locator('figure').getByRole('button', { name: 'Copy' }).click()
      await lastReply(page).getByRole('button', { name: 'Copied' }).waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('const answer = 42')
      await lastReply(page).getByRole('button', { name: 'Copy', exact: true }).last().click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(RICH)
    })

    it('stops a reply at the gateway, and keeps what had come', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Tell me something long')
      await lastReply(page).getByText('word5 ').waitFor()
      await page.getByRole('button', { name: 'Stop the reply' }).click()
      await page.getByText('You stopped this reply.').waitFor()
      const { messages: stored } = await person.client.messages(keyOf(page))
      expect(stored.at(-1)).toMatchObject({ status: 'stopped' })
      expect(await lastReply(page).innerText()).toContain(stored.at(-1)?.content.trim())
      await expectAccessible(page)
    })

    it('goes on after a reply that reached its greatest length', async () => {
      const page = await web.visit('/', { as: await web.person() })
      await say(page, 'Tell me a tale that is cut short')
      await page.getByRole('button', { name: 'Continue' }).click()
      await expect.poll(() => messages(page).count()).toBe(4)
      await ended(page)
      expect(await messages(page).nth(2).innerText()).toContain('Continue')
    })

    it('sends what is written during a reply once that has ended, and lets it be taken back', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Tell me something long')
      await lastReply(page).getByText('word2 ').waitFor()
      await say(page, 'And then?')
      await say(page, 'Never mind this one')
      await expect.poll(() => page.getByText('It is sent when this reply has ended.').count()).toBe(2)
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Take back' }).last().click()
      await page.getByRole('button', { name: 'Stop the reply' }).click()
      await expect.poll(() => messages(page).count(), { timeout: 10_000 }).toBe(4)
      await ended(page)
      const stored: MessagePage = await person.client.messages(keyOf(page))
      expect(stored.messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual([
        'Tell me something long',
        'And then?',
      ])
    })

    it('keeps a draft in each conversation until it is sent', async () => {
      const page = await web.visit('/', { as: await web.person() })
      await say(page, 'Hello')
      await ended(page)
      const address = page.url()
      const field = page.getByRole('textbox', { name: 'Your message' })
      await field.fill('half a thought')
      await page.getByRole('link', { name: 'New conversation' }).click()
      await expect.poll(() => field.inputValue()).toBe('')
      await page.goto(address)
      await expect.poll(() => field.inputValue()).toBe('half a thought')
      await field.press('Enter')
      await expect.poll(() => messages(page).count()).toBe(4)
      await ended(page)
      await page.reload()
      await ended(page)
      expect(await field.inputValue()).toBe('')
    })

    it('masks a secret that was asked for, and keeps it nowhere on the device', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'I would like to prove myself')
      await ended(page)
      await web.gateway.db.query(
        `update session_messages set metadata = '{"secretNext": true}' where session_key = $1 and role = 'assistant'`,
        [keyOf(page)],
      )
      await page.reload()
      const field = page.getByLabel('Your secret')
      await field.fill('THE-SECRET-WORD')
      expect(await field.getAttribute('type')).toBe('password')
      await expectAccessible(page)
      await field.press('Enter')
      await expect.poll(() => messages(page).count()).toBe(4)
      await ended(page)
      expect(await page.locator('article[data-role=user]').last().innerText()).toContain('••••')
      expect(await page.locator('article[data-role=user]').last().innerText()).not.toContain('SECRET')
      await page.reload()
      // What the device kept is there first: all but the secret, which comes from the gateway.
      await expect.poll(() => messages(page).count()).toBe(4)
      expect(await page.locator('article[data-role=user]').last().innerText()).toContain('••••')
      const kept = await page.evaluate(async () => {
        const stores = await indexedDB.databases()
        const rows = await Promise.all(
          stores.map(
            ({ name = '' }) =>
              new Promise((resolve) => {
                const opening = indexedDB.open(name)
                opening.onsuccess = () => {
                  const tables = [...opening.result.objectStoreNames]
                  if (tables.length === 0) return resolve([])
                  const reading = opening.result.transaction(tables)
                  const all = tables.map((table) => {
                    const asked = reading.objectStore(table).getAll()
                    return new Promise((done) => {
                      asked.onsuccess = () => done(asked.result)
                    })
                  })
                  void Promise.all(all).then(resolve)
                }
              }),
          ),
        )
        return JSON.stringify([rows, { ...localStorage }, { ...sessionStorage }])
      })
      expect(kept).toContain('prove myself')
      expect(kept).not.toContain('THE-SECRET-WORD"')
    })

    it('is read from the right where it is written so, the rest from the left', async () => {
      const page = await web.visit('/', { as: await web.person() })
      const field = page.getByRole('textbox', { name: 'Your message' })
      await field.fill('مرحبا')
      const direction = (element: Element) => getComputedStyle(element).direction
      expect(await field.evaluate(direction)).toBe('rtl')
      await field.press('Enter')
      await ended(page)
      const blocks = lastReply(page).locator('p, ul')
      expect(await blocks.evaluateAll((all) => all.map((one) => getComputedStyle(one).direction))).toEqual([
        ...['rtl', 'rtl', 'ltr'],
      ])
      await page.getByRole('heading', { name: 'مرحبا' }).first().waitFor()
      await expectAccessible(page)
    })

    it('has room for its figures on the narrowest screen, and offers a finger no keys', async () => {
      const page = await web.visit('/', {
        as: await web.person(),
        viewport: { width: 320, height: 568 },
        ...{ isMobile: true, hasTouch: true },
      })
      expect(await page.getByText('Enter sends').count()).toBe(0)
      await page.getByRole('textbox', { name: 'Your message' }).fill('Hello, Helix!')
      await page.getByRole('button', { name: 'Send' }).click()
      await ended(page)
      expect(await page.getByRole('button', { name: 'Keyboard shortcuts' }).count()).toBe(0)
      await page.getByRole('button', { name: /token/ }).click()
      const figures = await page.getByText('From the cache').locator('xpath=ancestor::div[1]').boundingBox()
      expect(figures?.x).toBeGreaterThanOrEqual(0)
      expect((figures?.x ?? 0) + (figures?.width ?? 999)).toBeLessThanOrEqual(320)
      await expectAccessible(page)
    })

    it('leads nowhere from a message that was found where all is in view', async () => {
      const page = await web.visit('/', { as: await web.person() })
      await say(page, 'Hello, Helix!')
      await ended(page)
      await page.getByRole('searchbox').fill('Hello')
      await page.locator('a[href*="?m="]').first().click()
      await page.locator('article[data-sought]').waitFor()
      await page.getByRole('button', { name: 'To the newest message' }).waitFor({ state: 'detached' })
    })

    it('takes a rating and words for it, keeps them over a reload, and takes them back', async () => {
      const person = await web.person()
      const page = await web.visit('/', { as: person })
      await say(page, 'Hello, Helix!')
      await ended(page)
      const { messages: stored } = await person.client.messages(keyOf(page))
      const kept = async () => {
        const path = `/api/feedback?sessionKey=${keyOf(page)}`
        const { feedback } = await person.client.http.json<{ feedback: unknown[] }>(path)
        return feedback
      }
      await page.getByRole('button', { name: 'Good reply' }).click()
      await page.getByRole('dialog').getByRole('textbox').fill('Short and right.')
      await expectAccessible(page)
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await kept()).toMatchObject([
        { messageId: stored[1]?.id, rating: 'up', comment: 'Short and right.' },
      ])
      await page.reload()
      await page.getByRole('button', { name: 'Good reply', pressed: true }).click()
      await page.getByRole('button', { name: 'Good reply', pressed: false }).waitFor()
      expect(await kept()).toEqual([])
    })
  },
)
