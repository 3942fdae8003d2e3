/** What the gateway takes of a failure of the page. */
interface ClientError {
  message: string
  stack?: string
  page?: string
  release?: string
  userAgent?: string
}

interface ReporterDeps {
  /** Origin of the gateway. */
  url: string
  fetch: typeof fetch
  /** Path of the script this tab began with. */
  release: string
  /** Path of the page as it is now. */
  path?: () => string
  userAgent?: string
}

/** Reports a tab makes in all: one that fails again and again says nothing new. */
const MOST_REPORTS = 10
const LONGEST_MESSAGE = 300
const LONGEST_STACK = 3_000

/** Where failures that nobody foresaw are reported; what is written or shown on the page is not in them. */
interface Reporter {
  report(thrown: unknown): void
}

/** Makes the reporter of one tab: each failure once, and not many. */
export function createReporter({
  url,
  fetch,
  release,
  path = () => location.pathname,
  userAgent = navigator.userAgent,
}: ReporterDeps): Reporter {
  const reported = new Set<string>()
  const about = { release, userAgent: userAgent.slice(0, LONGEST_MESSAGE) }

  /** In nobody's name, and also while the tab closes. */
  async function send(error: ClientError): Promise<void> {
    await fetch(`${url}/api/client-errors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(error),
      keepalive: true,
    })
  }

  return {
    report(thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      if (isForeseen(error) || reported.size >= MOST_REPORTS) return
      const message = withoutContent(`${error.name}: ${error.message}`).slice(0, LONGEST_MESSAGE)
      const stack = stackOf(error)
      const key = `${message}\n${stack.split('\n')[0]}`
      if (reported.has(key)) return
      reported.add(key)
      send({ message, stack, page: pageOf(path()), ...about }).catch(() => {})
    },
  }
}

/** Reports what nobody caught in a window. */
export function reportUncaught(window: Window, { report }: Reporter): void {
  window.addEventListener('error', ({ error, message }) => report(error ?? message))
  window.addEventListener('unhandledrejection', ({ reason }) => report(reason))
}

/** What happens to every page at times: a request given up, a gateway that is away, a refusal with a code. */
function isForeseen({ name, message }: Error): boolean {
  return name === 'AbortError' || name === 'HelixError' || /ResizeObserver loop/.test(message)
}

/** Frames only: the first lines of a stack repeat the message. Addresses without what follows `?` or `#`. */
function stackOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^\s*at |@/.test(line) && /:\d+/.test(line))
  return frames
    .map((frame) => frame.trim().replace(/[?#][^\s:)]*/g, ''))
    .join('\n')
    .slice(0, LONGEST_STACK)
}

/** Messages of engines quote what they choked on, which may be what somebody wrote; tokens are long words. */
function withoutContent(message: string): string {
  return message.replace(/(["'`“”])(?:(?!\1).){9,}\1?/gs, '$1…$1').replace(/[\w.+/=-]{40,}/g, '…')
}

/** The page without what it is about: `/c/…` is whose conversation, and nobody else's business. */
function pageOf(path: string): string {
  return path.replace(/^\/c\/.*/, '/c')
}
