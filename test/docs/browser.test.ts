import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const name = program ? 'the pages in Chromium' : 'the pages in Chromium (not here: no browser is installed)'

const PAGES = ['/docs', '/docs/api', '/docs/troubleshooting', '/docs/configuration', '/docs/monitoring']
const WIDTHS = [360, 768, 1280]
/** WCAG 2 AA, for text of the usual size. */
const LEAST_CONTRAST = 4.5

describe.skipIf(!program)(name, () => {
  let gateway: TestGateway
  let browser: Browser
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  it.each(WIDTHS)('fit %d pixels, and break none of their own rules', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 } })
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    for (const path of PAGES) {
      await page.goto(gateway.url + path)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(wider, path).toBeLessThanOrEqual(0)
      expect(await page.evaluate(() => getComputedStyle(document.body).marginTop), 'the style is there').toBe(
        '0px',
      )
    }
    expect(said).toEqual([])
    await page.close()
  })

  it('show the table of contents beside the text where there is room, and behind a line where there is not', async () => {
    for (const [width, shown] of [
      [1280, true],
      [360, false],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 800 } })
      await page.goto(`${gateway.url}/docs/api`)
      expect(await page.locator('.contents a[href="#sendMessage"]').isVisible()).toBe(shown)
      if (!shown) {
        await page.locator('.contents summary').click()
        await page.locator('.contents a[href="#sendMessage"]').click()
        expect(page.url()).toMatch(/#sendMessage$/)
        expect(await page.locator('#sendMessage h3').isVisible()).toBe(true)
      }
      await page.close()
    }
  })

  it.each(['light', 'dark'] as const)(
    'have readable colours when the reader wants it %s',
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme })
      await page.goto(`${gateway.url}/docs/api`)
      const pairs = await page.evaluate(() => {
        const ground = getComputedStyle(document.body).backgroundColor
        const seen = [...document.querySelectorAll('main *, .contents *')].map(
          (one) => getComputedStyle(one).color,
        )
        return [...new Set(seen)].map((colour) => [colour, ground] as const)
      })
      expect(pairs.length).toBeGreaterThan(4)
      for (const [colour, ground] of pairs) {
        expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(LEAST_CONTRAST)
      }
      const [[, ground = ''] = []] = pairs
      expect(luminance(ground) > 0.5).toBe(colorScheme === 'light')
      await page.close()
    },
  )
})

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

/** WCAG 2: relative luminance of `rgb(r, g, b)`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+(\.\d+)?/g) ?? []).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
