import type { Page } from 'playwright-core'
import type { Session } from '../../../web/src/signin/session.ts'
import type { Feed } from '../../../web/src/sync/feed.ts'
import type { Outbox } from '../../../web/src/sync/outbox.ts'
import type { Store } from '../../../web/src/sync/store.ts'

/** In a page of `buildOpenPage`. */
declare global {
  interface Window {
    app: { session: Session; feed: Feed; outbox: Outbox; store: Store }
    heard: string[]
  }
}

/** Resolves once a page is up, with whoever is signed in; from then on it notes what the feed tells it. */
export async function untilOpen(page: Page): Promise<void> {
  await page.waitForFunction(() => typeof window.app?.session.state.value === 'object')
  await page.evaluate(() => {
    if (window.heard) return
    window.heard = []
    window.app.feed.subscribe((event) =>
      window.heard.push(
        event.event === 'message.added' ? `${event.data.role} ${event.data.messageId}` : event.event,
      ),
    )
  })
}

/** Writes messages into a conversation, one after the other, as the composer does. */
export function write(page: Page, sessionKey: string, ...texts: string[]): Promise<void> {
  return page.evaluate(
    async ([key, contents]) => {
      for (const content of contents)
        await window.app.outbox.add({ clientMessageId: crypto.randomUUID(), sessionKey: key, content })
    },
    [sessionKey, texts] as const,
  )
}

/** What waits to be sent in a page, and in which state. */
export function waiting(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.app.outbox.waiting.value.map(({ content, state }) => `${content}: ${state}`),
  )
}

/** What the feed told a page of messages. */
export function heardMessages(page: Page): Promise<string[]> {
  return page.evaluate(() => window.heard.filter((word) => / /.test(word)))
}

/** The banner of a page, as it is read. */
export async function banner(page: Page): Promise<string> {
  return (await page.locator('[role=status]').allTextContents()).join(' ').replace(/\s+/g, ' ').trim()
}
