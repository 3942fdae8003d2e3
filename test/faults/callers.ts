import { randomUUID } from 'node:crypto'
import { pick, type Random } from '../../src/audit/generate.case.ts'

/** What Claude does wrong now and then, as the stub's markers name it; mostly nothing. */
const UPSTREAM_FAULTS = [
  ...['reset', 'silence', 'overloaded*1', 'overloaded', 'bad-json', 'drop*1', 'clean-end', 'error-event'],
  ...['server-error*1', 'rate-limited-briefly*1', 'empty-body', 'ping-flood'],
]
const FAULTY = 0.12
const TURNS_A_CONVERSATION = 3

interface CallersDeps {
  random: Random
  /** Gateways that answer now; changes while they run. */
  gateways: () => readonly string[]
  tokens: readonly string[]
  /** Whether to go on. */
  wanted: () => boolean
}

/** People who send one message after the other, to whichever gateway answers. Resolves to how many they sent. */
export async function callUntilEnough({ random, gateways, tokens, wanted }: CallersDeps): Promise<number> {
  let sent = 0

  async function call(token: string, sessionKey: string): Promise<void> {
    const place = sent
    sent += 1
    const fault = random() < FAULTY ? pick(random, UPSTREAM_FAULTS) : undefined
    const marks = `[[words:4]]${fault ? `[[fault:${fault}]]` : ''}`
    const body = { message: `call-${place}. ${marks}`, sessionKey, clientMessageId: randomUUID() }
    const running = gateways()
    if (running.length === 0) return pause(200)
    const gateway = pick(random, running)
    await fetch(`${gateway}/api/chat/message`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    }).then(
      async (answer) => {
        await answer.arrayBuffer()
        if (!answer.ok) await pause(50)
      },
      () => pause(100),
    )
  }

  await Promise.all(
    tokens.map(async (token) => {
      while (wanted()) {
        const sessionKey = randomUUID()
        for (let turn = 0; turn < TURNS_A_CONVERSATION && wanted(); turn += 1) await call(token, sessionKey)
      }
    }),
  )
  return sent
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
