import type { SignedIn } from './outgoing.ts'
import type { Second } from './result.ts'
import type { DrawRow } from './script/payload.ts'
import type { LoadScript, Phase } from './script/schema.ts'
import type { Variables } from './script/template.ts'

/** A load test, ready to begin. */
export interface LoadTest {
  name: string
  script: LoadScript
  phases: readonly Phase[]
  target: string
  /** Whether a request may go there: to whatever nobody consented to, nothing is sent. */
  mayReach: (url: URL) => boolean
  /** As whom virtual users ask; nobody where they do not sign in. */
  people: readonly SignedIn[]
  /** Whether each request is of the next of them, rather than each virtual user one of their own. */
  takeTurns?: boolean
  /** Whether the target makes its replies up, if that is known. */
  simulated: boolean | null
  /** Variables of every virtual user, beside those of the script. */
  environment: Record<string, string | undefined>
  row?: DrawRow
  /** Ends the test early; what was measured until then is told all the same. */
  signal: AbortSignal
  onSecond?: (second: Second, elapsedMs: number) => void
  log: (text: string) => void
}

/** What a virtual user knows as they begin. */
export function variablesOf({ script, environment, row }: LoadTest, number: number): Variables {
  const { variables = {} } = script.config
  const chosen = Object.entries(variables).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[Math.floor(Math.random() * value.length)] : value,
  ])
  return { $processEnvironment: environment, ...Object.fromEntries(chosen), ...row?.(number) }
}
