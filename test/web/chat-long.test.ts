import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { MessagePage } from '../../src/contract/chat.ts'
import { seedConversation } from '../support/long-conversation.ts'
import { describePage } from './support/browser.ts'
import { lastReply, messages, say } from './support/chat.ts'

const COUNT = 10_000
const LINES = [
  'A short line.',
  'Some more words that may take two lines where there is little room for them to stand in.',
]
/** Of different heights, so that a wrong guess of one would be seen. */
const contentOf = (index: number) =>
  `Message number ${index}. ${Array.from({ length: 1 + (index % 7) }, (_, line) => LINES[line % 2]).join('\n\n')}`

describePage('a conversation of 10,000 messages', { engine: 'pglite' }, (web) => {
  const seed = async () => {
    const person = await web.person()
    return { person, ...(await seedConversation(web.gateway, person.userId, COUNT, contentOf)) }
  }
  let seeding: ReturnType<typeof seed> | undefined
  const seeded = () => {
    seeding ??= seed()
    return seeding
  }

  it('opens at its end, is read upwards without jumps, and is never all in the page', async () => {
    const { person, sessionKey } = await seeded()
    const page = await web.visit(`/c/${sessionKey}`, { as: person })
    await lastReply(page)
      .getByText(`Message number ${COUNT - 1}.`)
      .waitFor()
    await expect.poll(() => fromEnd(page)).toBeLessThan(60)
    for (let round = 1; round <= 3; round += 1) {
      expect(await movedByReadingOn(page, 'first')).toBeLessThanOrEqual(2)
      expect(await firstLoaded(page)).toBeLessThanOrEqual(COUNT - 60 * (round + 1))
    }
    expect(await messages(page).count()).toBeLessThanOrEqual(2_000)
  })

  it('is opened at a message that was found in its middle, and goes on from there in both directions', async () => {
    const { person, sessionKey } = await seeded()
    const page = await web.visit('/', { as: person })
    await page.getByRole('searchbox').fill('"number 4321"')
    await page.getByRole('link', { name: /number 4321/ }).click()
    const found = page.locator('article', { hasText: 'Message number 4321.' })
    await found.waitFor()
    await expect
      .poll(async () => {
        const box = await found.boundingBox()
        return box ? Math.abs(box.y + box.height / 2 - 400) : 1_000
      })
      .toBeLessThan(200)
    expect(page.url()).toContain(`/c/${sessionKey}?m=`)
    expect(await movedByReadingOn(page, 'first')).toBeLessThanOrEqual(2)
    expect(await firstLoaded(page)).toBeLessThan(4_291)
    expect(await movedByReadingOn(page, 'last')).toBeLessThanOrEqual(2)
    expect(await lastLoaded(page)).toBeGreaterThan(4_351)
    await page.getByRole('button', { name: 'To the newest message' }).click()
    await lastReply(page)
      .getByText(`Message number ${COUNT - 1}.`)
      .waitFor()
    await expect.poll(() => fromEnd(page)).toBeLessThan(60)
  })

  it('leaves who reads further up where they are while a reply is written below', async () => {
    const { person, sessionKey } = await seeded()
    const page = await web.visit(`/c/${sessionKey}`, { as: person })
    await lastReply(page)
      .getByText(`Message number ${COUNT - 1}.`)
      .waitFor()
    await say(page, 'Go on [[words:300]] [[pace:10]]')
    await lastReply(page).getByText('word5 ').waitFor()
    expect(await fromEnd(page)).toBeLessThan(60)
    await log(page).evaluate((one) => one.scrollBy(0, -700))
    await page.waitForTimeout(200)
    const before = await topOfView(page)
    await page.waitForTimeout(1_500)
    expect(await topOfView(page)).toEqual(before)
    await page.getByRole('button', { name: 'To the newest message' }).click()
    await expect.poll(() => fromEnd(page)).toBeLessThan(60)
    await page.waitForTimeout(500)
    expect(await fromEnd(page)).toBeLessThan(60)
  })

  it('is read from anywhere within a second', async () => {
    const { person, sessionKey, ids } = await seeded()
    const times = []
    for (const place of [100, 5_000, 9_900]) {
      const began = performance.now()
      const page: MessagePage = await person.client.messages(sessionKey, { around: ids[place] ?? '' })
      times.push(performance.now() - began)
      expect(page.messages.some(({ id }) => id === ids[place])).toBe(true)
    }
    expect(Math.min(...times)).toBeLessThan(1_000)
  })
})

const log = (page: Page) => page.getByRole('log')
const fromEnd = (page: Page) =>
  log(page).evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)
const numberIn = (text: string) => Number(/number (\d+)\./.exec(text)?.[1])
const firstLoaded = async (page: Page) => numberIn((await messages(page).first().textContent()) ?? '')
const lastLoaded = async (page: Page) => numberIn((await messages(page).last().textContent()) ?? '')

/** The first message in view, and where it stands. */
const topOfView = (page: Page) =>
  log(page).evaluate((one) => {
    const top = one.getBoundingClientRect().top
    const first = [...one.querySelectorAll('article')].find((row) => row.getBoundingClientRect().bottom > top)
    return [first?.dataset.message, Math.round(first?.getBoundingClientRect().top ?? 0)]
  })

/** Goes to an end of what is loaded, waits until more is there, and answers how far that moved what was in view, in px. */
async function movedByReadingOn(page: Page, end: 'first' | 'last'): Promise<number> {
  return log(page).evaluate(async (one, which) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    const edge = () => [...one.querySelectorAll('article')].at(which === 'first' ? 0 : -1)
    const known = edge()
    const place = () => known?.getBoundingClientRect().top ?? Number.NaN
    one.scrollTop = which === 'first' ? 0 : one.scrollHeight
    let before = place()
    while (edge() === known) {
      before = place()
      await frame()
    }
    for (let frames = 0; frames < 5; frames += 1) await frame()
    return Math.abs(place() - before)
  }, end)
}
