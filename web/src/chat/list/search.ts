import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../../src/client/client.ts'
import type { SearchPage } from '../../../../src/contract/search.ts'

/** How long to wait for the next letter before asking, in ms. */
const PAUSE_MS = 180
const PAGE = 20

export type Found = SearchPage['results'][number]

/** What a search has come to; `results` are those of the words before while `busy`. */
interface SearchState {
  words: string
  busy: boolean
  results: readonly Found[]
  before: string | null
  failed: boolean
}

const IDLE: SearchState = { words: '', busy: false, results: [], before: null, failed: false }

/** Searching while one types. */
export interface Search {
  readonly state: ReadonlySignal<SearchState>
  ask(words: string): void
  more(): Promise<void>
}

/** Makes a search; of answers that overtake each other only the last counts. */
export function createSearch(client: Pick<Client, 'search'>): Search {
  const state = signal<SearchState>(IDLE)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function look(words: string, mine: number): Promise<void> {
    try {
      const page = await client.search(words, { limit: PAGE })
      if (mine === asked) state.value = { words, busy: false, failed: false, ...page }
    } catch {
      if (mine === asked) state.value = { ...IDLE, words, failed: true }
    }
  }

  return {
    state,
    ask(given) {
      const words = given.trim()
      asked += 1
      const mine = asked
      clearTimeout(timer)
      if (words === '') {
        state.value = IDLE
        return
      }
      state.value = { ...state.value, words, busy: true }
      timer = setTimeout(() => void look(words, mine), PAUSE_MS)
    },
    async more() {
      const { words, before, busy } = state.value
      if (before === null || busy) return
      const mine = asked
      state.value = { ...state.value, busy: true }
      try {
        const page = await client.search(words, { limit: PAGE, before })
        if (mine !== asked) return
        const results = [...state.value.results, ...page.results]
        state.value = { ...state.value, busy: false, results, before: page.before }
      } catch {
        if (mine === asked) state.value = { ...state.value, busy: false }
      }
    },
  }
}
