import type { Locator, Page } from 'playwright-core'

/** Writes a message and sends it as people do. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your message' }).fill(text)
  await page.keyboard.press('Enter')
}

/** The messages that are shown, oldest first. */
export const messages = (page: Page): Locator => page.locator('article')

/** The text of the last reply, as far as it is shown. */
export function lastReply(page: Page): Locator {
  return page.locator('article[data-role=assistant]').last()
}

/** Waits until no reply is being written. */
export async function ended(page: Page): Promise<void> {
  await lastReply(page).getByRole('button', { name: 'Write it again' }).waitFor({ state: 'attached' })
}

/** The key of the conversation that is shown. */
export const keyOf = (page: Page): string => new URL(page.url()).pathname.split('/')[2] ?? ''
