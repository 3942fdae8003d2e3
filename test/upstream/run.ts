import { type ClaudeOptions, createClaude } from '../../src/claude/anthropic.ts'
import { type ClaudeEvent, type ClaudeMeter, type ClaudeRequest, newMeter } from '../../src/claude/claude.ts'
import type { JournalEntry } from './journal.ts'
import type { StubClaude } from './stub.ts'

/** A key the stub can be told to insist on. */
export const STUB_KEY = 'sk-ant-test-0123456789abcdef'

/** One call to its end: all it gave, and what the stub saw of it. */
export interface Run {
  events: ClaudeEvent[]
  text: string
  meter: ClaudeMeter
  /** What was thrown; undefined for a complete reply. */
  error: unknown
  seen: JournalEntry[]
  tookMs: number
}

/** Claude as Helix calls it, with the stub behind it. */
export function claudeAt(stub: StubClaude, options: Partial<ClaudeOptions> = {}) {
  return createClaude({ apiKey: STUB_KEY, baseUrl: stub.url, simulated: false, ...options })
}

/** A request of one user turn. */
export function ask(text: string, more: Partial<ClaudeRequest> = {}): ClaudeRequest {
  const turns = [{ role: 'user' as const, blocks: [{ text }] }]
  return { model: 'claude-sonnet-5-5', maxTokens: 4096, system: [], turns, ...more }
}

/** Runs one call against the stub, whatever comes of it. */
export async function run(
  stub: StubClaude,
  request: ClaudeRequest,
  {
    signal = new AbortController().signal,
    ...options
  }: Partial<ClaudeOptions> & { signal?: AbortSignal } = {},
): Promise<Run> {
  const meter = newMeter()
  const events: ClaudeEvent[] = []
  const from = stub.requests.length
  const startedAt = performance.now()
  let error: unknown
  try {
    for await (const event of claudeAt(stub, options).stream(request, meter, signal)) events.push(event)
  } catch (thrown) {
    error = thrown
  }
  const text = events.map((event) => (event.type === 'delta' ? event.text : '')).join('')
  return {
    events,
    text,
    meter,
    error,
    seen: stub.requests.slice(from),
    tookMs: performance.now() - startedAt,
  }
}
