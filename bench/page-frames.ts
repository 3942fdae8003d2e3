/**
 * Frames of the page while a reply of 100 tokens a second is written into a conversation of 2,000 loaded messages,
 * against an empty page in the same run. Prints one JSON line: frames a second, the share that came late, and the ratio.
 */
import { chromium, type Page } from 'playwright-core'
import { startTestGateway } from '../test/support/gateway.ts'
import { seedConversation } from '../test/support/long-conversation.ts'
import { signUpPerson } from '../test/web/support/person.ts'

const MESSAGES = 2_000
const MEASURED_MS = 6_000
/** A frame that took longer than one and a half of 60 a second was dropped. */
const LATE_MS = 25

const gateway = await startTestGateway({ engine: 'pglite', stub: { defaults: { words: 1_500, paceMs: 10 } } })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  const empty = await framesOf(await browser.newPage())
  const person = await signUpPerson(gateway.url)
  const line = (index: number) => `Message ${index}.\n\nWith **two** paragraphs and \`code\`.`
  const { sessionKey } = await seedConversation(gateway, person.userId, MESSAGES, line)
  const context = await browser.newContext({ storageState: person.keptAt(gateway.url) })
  const page = await context.newPage()
  await page.goto(`${gateway.url}/c/${sessionKey}`)
  await page.locator('article').first().waitFor()
  const loaded = await loadAll(page)
  await page.getByRole('textbox', { name: 'Your message' }).fill('Go on')
  await page.keyboard.press('Enter')
  await page.getByText('word20 ').waitFor()
  const streaming = await framesOf(page)
  console.log(JSON.stringify({ loaded, empty, streaming, ratio: streaming.perSecond / empty.perSecond }))
} finally {
  await browser.close()
  await gateway.close().catch(() => {})
}

/** Reads upwards until everything is loaded, or as much as the page holds. */
async function loadAll(page: Page): Promise<number> {
  return page.getByRole('log').evaluate(async (one, most) => {
    const rows = () => one.querySelectorAll('article').length
    for (let round = 0; round < 200 && rows() < most; round += 1) {
      one.scrollTop = 0
      await new Promise((done) => setTimeout(done, 50))
    }
    one.scrollTop = one.scrollHeight
    await new Promise((done) => setTimeout(done, 500))
    return rows()
  }, MESSAGES)
}

async function framesOf(page: Page): Promise<{ perSecond: number; late: number; longestMs: number }> {
  const gaps = await page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const found: number[] = []
        const began = performance.now()
        let last = began
        const frame = (now: number) => {
          found.push(now - last)
          last = now
          if (now - began < ms) requestAnimationFrame(frame)
          else resolve(found)
        }
        requestAnimationFrame(frame)
      }),
    MEASURED_MS,
  )
  const late = gaps.filter((gap) => gap > LATE_MS).length / gaps.length
  return { perSecond: (gaps.length / MEASURED_MS) * 1_000, late, longestMs: Math.max(...gaps) }
}
