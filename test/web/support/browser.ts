import { existsSync } from 'node:fs'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/gateway.ts'
import { watchFaults } from './faults.ts'
import { type Person, signUpPerson } from './person.ts'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** The Chromium there is here; undefined where none is installed. */
export const program = PROGRAMS.find(existsSync)

/** How long a step may take, in ms: less than a test, so that the failure names the step. */
const STEP_MS = 20_000

/** How the browser says that it did as it was told. */
const BLOCKED = /Service Worker registration blocked/

interface VisitOptions extends BrowserContextOptions {
  /** Signed in as this person before the page opens. */
  as?: Person
  /** Further tabs of one device share what it keeps: give the context of the first. */
  within?: BrowserContext
  /** What the browser may complain of here, such as a refusal that is the subject of the test. */
  expected?: readonly RegExp[]
}

/** What the page is served by. */
interface Served {
  readonly url: string
  close(): Promise<void>
}

/** A gateway with its page, and a browser to look at it; one of each a test file. */
export interface Web<Gateway extends Served = TestGateway> {
  readonly gateway: Gateway
  readonly browser: Browser
  /** Somebody new, signed up over HTTP. */
  person(): Promise<Person>
  /**
   * Opens an address of the page in a browser that keeps nothing of other visits. Whatever the browser complains of
   * (an error, a violated policy, a request that fails) fails the test, but for what is `expected`.
   */
  visit(path: string, options?: VisitOptions): Promise<Page>
}

/** Tests of the page in a real Chromium against a real gateway; skipped by name where no browser is installed. */
export function describePage(
  name: string,
  wanted: Parameters<typeof startTestGateway>[0],
  tests: (web: Web) => void,
): void {
  describeServed(name, () => startTestGateway(wanted), tests)
}

/** The same, for what `start` starts. */
export function describeServed<Gateway extends Served>(
  name: string,
  start: () => Promise<Gateway>,
  tests: (web: Web<Gateway>) => void,
): void {
  const title = program ? `${name}, in Chromium` : `${name}, in Chromium (not here: no browser is installed)`
  // A browser on a busy machine loses a click now and then; what fails twice is a fault of ours.
  describe.skipIf(!program)(title, { retry: 1 }, () => {
    let gateway: Gateway
    let browser: Browser
    let contexts: BrowserContext[] = []
    let faults: string[] = []

    beforeAll(async () => {
      gateway = await start()
      browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] })
      browser.on('context', (context) => context.setDefaultTimeout(STEP_MS))
    })
    afterEach(async () => {
      const complaints = faults
      await Promise.all(contexts.map((context) => context.close()))
      contexts = []
      faults = []
      expect(complaints, 'what the browser complained of').toEqual([])
    })
    afterAll(async () => {
      await browser?.close()
      await gateway?.close()
    })

    tests({
      get gateway() {
        return gateway
      },
      get browser() {
        return browser
      },
      person: () => signUpPerson(gateway.url),
      async visit(path, { as, within, expected = [], ...options } = {}) {
        const context =
          within ??
          (await browser.newContext({
            baseURL: gateway.url,
            reducedMotion: 'reduce',
            // What a test routes or counts would pass it by; those of releases and of maintenance allow it.
            serviceWorkers: 'block',
            ...(as && { storageState: as.keptAt(gateway.url) }),
            ...options,
          }))
        if (!within) contexts.push(context)
        const page = await context.newPage()
        watchFaults(page, faults, [BLOCKED, ...expected])
        await page.goto(path)
        return page
      },
    })
  })
}
