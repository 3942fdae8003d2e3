import type { Page } from 'playwright-core'

/** Notes everything a browser complains of on a page into `faults`, but for what is expected. */
export function watchFaults(page: Page, faults: string[], expected: readonly RegExp[]): void {
  const note = (fault: string) => {
    if (!expected.some((pattern) => pattern.test(fault))) faults.push(fault)
  }
  page.on('pageerror', (error) => note(`threw ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      note(`${message.type()}: ${message.text()} (${message.location().url})`)
    }
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText
    // A page that is left ends what it had open.
    if (reason !== 'net::ERR_ABORTED') note(`${request.method()} ${request.url()} failed: ${reason}`)
  })
}
