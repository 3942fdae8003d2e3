import { render } from 'preact'
import '../../ui/tokens.css'
import '../../ui/base.css'
import { createHttp } from '../../../../src/client/http.ts'
import { fetchStatus } from '../../../../src/client/status.ts'
import { sayNothingWorks } from '../../start.ts'
import { createText } from '../../text/text.ts'
import { TextContext } from '../../text/use-text.ts'
import { StatusView } from '../status-view.tsx'
import { fetchWatched } from '../watched.ts'

// The status page by itself, for a host that is up when the gateway is not: it asks nobody anything before it shows.

/** A machine that is gone does not refuse: it says nothing. */
const TIMEOUT_MS = 8_000

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const { VITE_API_URL, VITE_GATEWAY_URL, HELIX_HOME } = import.meta.env
const url = VITE_API_URL ?? VITE_GATEWAY_URL ?? location.origin
const http = createHttp({ url, fetch: window.fetch.bind(window) })
const ask = (signal: AbortSignal) =>
  fetchStatus(http, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]))

async function begin(at: HTMLElement): Promise<void> {
  const text = await createText(localStorage, navigator.languages)
  await text.need('status')
  render(
    <TextContext.Provider value={text}>
      <StatusView ask={ask} watched={fetchWatched} home={HELIX_HOME} />
    </TextContext.Provider>,
    at,
  )
}

begin(root).catch(() => sayNothingWorks(root))
