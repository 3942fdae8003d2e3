/**
 * How soon a message written in the page of one device is read in the page of another.
 *
 *   node bench/page-devices.ts [--rounds 100] [--force] [--json]
 */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Person, signUpPerson } from '../test/web/support/person.ts'
import { startHelix } from './support/helix.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median, percentile } from './support/statistics.ts'
import { REPLY, startUpstream } from './support/upstream.ts'

const ROUNDS = 100
const WARM_UP = 5
/** How the stub begins every reply. */
const FIRST_WORDS = REPLY.slice(0, 12)
/** Between two rounds, so that the limit of one person's messages never decides a figure. */
const PAUSE_MS = 1_000
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Of one message, in ms after the key that sent it was pressed. */
interface Round {
  /** A program that follows the feed is told of it. */
  told: number
  /** The other page shows it. */
  shown: number
  /** The other page shows the first words of the reply. */
  answered: number
}

async function openDevice(browser: Browser, url: string, person: Person, path: string): Promise<Page> {
  const context = await browser.newContext({ storageState: person.keptAt(url) })
  await context.addInitScript(() =>
    addEventListener(
      'keydown',
      () => {
        document.documentElement.dataset.pressed = String(performance.timeOrigin + performance.now())
      },
      { capture: true },
    ),
  )
  const page = await context.newPage()
  await page.goto(url + path)
  await page.getByRole('textbox', { name: 'Your message' }).waitFor()
  return page
}

/** Resolves to the moment a page has painted a text below another, by the clock that all on this machine share. */
function whenShown(page: Page, text: string, below = text): Promise<number> {
  return page.evaluate(
    ([wanted, above]) =>
      new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          const shown = document.querySelector('main')?.textContent ?? ''
          const from = shown.lastIndexOf(above)
          if (from < 0 || !shown.slice(from).includes(wanted)) return
          observer.disconnect()
          requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())))
        })
        observer.observe(document.body, { childList: true, subtree: true, characterData: true })
      }),
    [text, below] as const,
  )
}

/** Writes into the page of a device and answers when the key was pressed. */
async function send(page: Page, text: string): Promise<number> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(text)
  await page.keyboard.press('Enter')
  return page.evaluate(() => Number(document.documentElement.dataset.pressed))
}

/** Follows the feed as a program does, and answers when the next message is told. */
function listen(person: Person) {
  const ends = new AbortController()
  let tell: ((at: number) => void) | undefined
  const following = (async () => {
    for await (const { event } of person.client.events({ signal: ends.signal }))
      if (event === 'message.added') tell?.(performance.timeOrigin + performance.now())
  })().catch(() => {})
  return {
    next: () =>
      new Promise<number>((resolve) => {
        tell = resolve
      }),
    async end() {
      ends.abort()
      await following
    },
  }
}

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const program = PROGRAMS.find(existsSync)
  if (!program) throw new Error('No Chromium is installed')
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const gateway = await startHelix(resources, upstream.ready.url)
  const browser = resources.keep(
    await chromium.launch({ executablePath: program, args: ['--no-sandbox'] }),
    (running) => running.close(),
  )
  const person = await signUpPerson(gateway.url)
  const sessionKey = crypto.randomUUID()
  await person.client.send({ message: 'Hello', sessionKey })
  const [writer, reader] = [
    await openDevice(browser, gateway.url, person, `/c/${sessionKey}`),
    await openDevice(browser, gateway.url, person, `/c/${sessionKey}`),
  ]
  const listener = resources.keep(listen(person), (open) => open.end())
  const taken: Round[] = []
  const count = rounds(ROUNDS)
  for (let index = -WARM_UP; index < count; index += 1) {
    const text = `Message number ${index + WARM_UP} of this run`
    const seen = [listener.next(), whenShown(reader, text), whenShown(reader, FIRST_WORDS, text)]
    const pressed = await send(writer, text)
    const [told = 0, shown = 0, answered = 0] = (await Promise.all(seen)).map((at) => at - pressed)
    if (index >= 0) taken.push({ told, shown, answered })
    if (index % 10 === 0) note(`round ${index}: told ${told.toFixed(0)} ms, shown ${shown.toFixed(0)} ms`)
    await reader.waitForTimeout(PAUSE_MS)
  }
  return [
    figure('the other page shows it, p50', taken, 'shown', 0.5),
    figure('the other page shows it, p99', taken, 'shown', 0.99, 1_000),
    figure('a program that follows the feed is told, p50', taken, 'told', 0.5),
    figure('the other page shows the first words of the reply, p50', taken, 'answered', 0.5),
  ]
}

function figure(
  what: string,
  taken: readonly Round[],
  of: keyof Round,
  share: number,
  most?: number,
): Figure {
  const values = taken.map((round) => round[of])
  return {
    what,
    value: share === 0.5 ? median(values) : percentile(values, share),
    unit: 'ms',
    digits: 0,
    detail: `of ${values.length}; longest ${Math.max(...values).toFixed(0)} ms`,
    ...(most !== undefined && { bar: { most } }),
  }
}

await runRow({
  row: null,
  title: 'a message on the other device',
  conditions: [
    'Two browsers of one person with the same conversation open; a message is typed and sent in one of them.',
    'From the press of the key until the other has painted it. Beside them a program follows the feed of the same person.',
    'Both browsers, the gateway, PostgreSQL and the stub share the machine; no network is between them.',
  ],
  measure,
})
