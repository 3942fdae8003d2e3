import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Holds what a page shows now to WCAG 2.2 AA and the usual practice, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate(colourSettled)
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze()
    const told = violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((one) => one.html).join(' ')}`,
    )
    expect(told, `axe, ${colorScheme}, ${page.url()}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

/** Resolves once no colour is on its way from one scheme to the other: also the shortest transition takes frames. */
async function colourSettled(): Promise<void> {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn))
  await frame()
  await frame()
  const running = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
  await Promise.allSettled(running.map(({ finished }) => finished))
  await frame()
}
