import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Health } from '../../../src/contract/health.ts'
import { delayBefore } from './pause.ts'
import type { Presence } from './presence.ts'

/** Maintenance as the gateway tells of it: in its operator's words, and until when, if that is known. */
interface Maintenance {
  message: string
  until: string | null
}

/** `offline`: neither gateway nor network; `unreachable`: a network, and no gateway. */
export type ConnectionState = 'online' | 'offline' | 'unreachable' | { maintenance: Maintenance }

/** Whether the gateway can be reached, as far as this page knows. */
export interface Connection {
  readonly state: ReadonlySignal<ConnectionState>
  /** To ask the gateway with: what comes of it is how the page knows. */
  readonly fetch: typeof fetch
  /** Looks again now, as a person may ask for. */
  check(): Promise<void>
}

interface ConnectionDeps {
  /** Origin of the gateway. */
  url: string
  fetch: typeof fetch
  presence: Presence
  /** How long the first wait between two looks is, in ms; a second unless told. */
  firstWaitMs?: number
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000
const WAIT_HIDDEN_MS = 30_000
const ANSWER_WITHIN_MS = 8_000

/** What `/health` came to. */
type Finding = 'well' | 'lost' | Maintenance

/**
 * Watches the page's own requests. Only once one goes wrong is `/health` asked, and then again and again, less and less
 * often, until all is well: nobody has to reload.
 */
export function createConnection({
  url,
  fetch,
  presence,
  firstWaitMs = FIRST_WAIT_MS,
}: ConnectionDeps): Connection {
  const finding = signal<Finding>('well')
  const state = computed(() => toState(finding.value, presence.networked.value))
  let looking: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let looks = 0

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function lookOnce(): Promise<void> {
    clearTimeout(timer)
    const found = await askHealth(url, fetch)
    if (!isSame(finding.value, found)) finding.value = found
    // A gateway on this machine answers without a network; any other may just have been quicker than its end.
    const isSettled = found === 'well' && presence.networked.peek()
    if (isSettled) looks = 0
    else lookLater()
  }

  function lookLater(): void {
    looks += 1
    const visible = presence.visible.peek()
    clearTimeout(timer)
    timer = setTimeout(look, visible ? delayBefore(looks, firstWaitMs, LONGEST_WAIT_MS) : WAIT_HIDDEN_MS)
  }

  async function watched(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    try {
      const response = await fetch(input, init)
      if (finding.peek() === (isDoubtful(response) ? 'well' : 'lost')) void look()
      return response
    } catch (error) {
      // Once something is known to be wrong, looks have a pace of their own.
      if (!init?.signal?.aborted && finding.peek() === 'well') void look()
      throw error
    }
  }

  // Whoever comes back to the page, or into a network, should not wait for the next look.
  effect(() => {
    const hopeful = presence.networked.value && presence.visible.value
    if (hopeful && finding.peek() !== 'well') void look()
  })
  effect(() => {
    if (!presence.networked.value) void look()
  })

  return { state, fetch: watched as typeof globalThis.fetch, check: look }
}

function toState(finding: Finding, networked: boolean): ConnectionState {
  if (finding === 'well') return 'online'
  if (finding === 'lost') return networked ? 'unreachable' : 'offline'
  return { maintenance: finding }
}

/** Answers by which a proxy or a gateway says that it cannot serve now, whatever the request. */
function isDoubtful({ status }: Response): boolean {
  return status === 502 || status === 503 || status === 504
}

async function askHealth(url: string, fetch: typeof globalThis.fetch): Promise<Finding> {
  try {
    const response = await fetch(`${url}/health`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    const health = (await response.json()) as Partial<Health> & { maintenance?: Maintenance | null }
    if (health.status === 'maintenance') return toMaintenance(health.maintenance)
    return health.checks && health.status !== 'down' ? 'well' : 'lost'
  } catch {
    return 'lost'
  }
}

function toMaintenance(told: Maintenance | null | undefined): Maintenance {
  return { message: told?.message ?? '', until: told?.until ?? null }
}

function isSame(a: Finding, b: Finding): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.message === b.message && a.until === b.until
}
