import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import { runningUp } from '../../src/client/node/run-file.ts'
import { openAttached } from '../../src/db/attached/client.ts'
import type { Database } from '../../src/db/database.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'
import { startStub, startUp } from './gateway-process.ts'
import {
  expectIntentsFirst,
  expectNothingLost,
  readStored,
  type UpstreamCall,
  untilSettled,
} from './invariants.ts'
import { createSender, type Sender } from './recorder.ts'

const KILLS = Number(process.env.HELIX_FAULTS ?? 20)
const SENDERS = 4
/** A kill comes at any moment of this span after the senders begin, in ms. */
const LIFE_MS = 900
const INTENTS_CLOSED_MS = 60_000

const ENGINES: ['pglite' | 'postgres', string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

/** A refused message tells nothing about lost ones, so nobody here meets a limit. */
const UNHINDERED = 'export default { limits: { turnsPerMinute: 100_000, turnBurst: 100_000 } }'

describe.each(ENGINES)('a gateway killed with kill -9 at any moment, on %s', (engine, unavailable) => {
  describe.skipIf(unavailable)(unavailable ?? `${KILLS} times`, () => {
    it('loses, doubles and reorders nothing it acknowledged, and its chain verifies after each kill', async () => {
      const home = await mkdtemp(join(tmpdir(), 'helix-kill-'))
      await writeFile(join(home, 'helix.config.ts'), UNHINDERED)
      const database = engine === 'postgres' ? await createDatabase() : undefined
      const stub = await startStub()
      const environment: Record<string, string> = {
        CLAUDE_API_KEY: 'sk-ant-test',
        ANTHROPIC_BASE_URL: stub.ready.url,
        ...(database ? { DATABASE_URL: database.url } : {}),
      }
      const open = async (): Promise<Database> => {
        if (database) return openPostgres({ connectionString: database.url })
        const run = await runningUp(home)
        return openAttached(run?.databaseSocket ?? '')
      }
      let senders: Sender[] = []
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          const gateway = await startUp(home, environment)
          const db = await open()
          expect((await verifyDatabase(db, { graceMs: INTENTS_CLOSED_MS })).findings).toEqual([])
          await db.close()
          if (senders.length === 0) senders = await signUpSenders(gateway.ready.url)
          const silence = new AbortController()
          const sending = senders.map((sender) => sender.keepSending(gateway.ready.url, silence.signal))
          await new Promise((resolve) => setTimeout(resolve, Math.random() * LIFE_MS))
          await gateway.kill()
          silence.abort()
          await Promise.all(sending)
        }

        const gateway = await startUp(home, environment)
        const db = await open()
        await untilSettled(db, INTENTS_CLOSED_MS)
        expect((await verifyDatabase(db, { graceMs: 0 })).findings).toEqual([])
        const calls = await upstreamCalls(stub.ready.url)
        const sent = senders.flatMap((sender) => sender.sent)
        expect(sent.filter(({ acknowledged }) => acknowledged).length).toBeGreaterThan(KILLS)
        expectNothingLost(sent, await readStored(db), calls)
        await expectIntentsFirst(db, sent, calls)
        await resendUnanswered(senders, gateway.ready.url)
        expectNothingLost(sent, await readStored(db), await upstreamCalls(stub.ready.url))
        await db.close()
        expect(await gateway.stop()).toBe(143)
      } finally {
        await stub.kill()
        await database?.drop()
        await rm(home, { recursive: true, force: true })
      }
    }, 900_000)
  })
})

async function signUpSenders(url: string): Promise<Sender[]> {
  return Promise.all(
    Array.from({ length: SENDERS }, async (_, place) => {
      const response = await fetch(`${url}/auth/v1/signup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: `sender-${place}@example.com`, password: 'correct horse battery' }),
      })
      const { access_token } = (await response.json()) as { access_token: string }
      return createSender(`s${place}`, access_token)
    }),
  )
}

/** Whoever never learnt what became of a message sends it again, as a client does. */
async function resendUnanswered(senders: readonly Sender[], url: string): Promise<void> {
  await Promise.all(
    senders.map(async (sender) => {
      for (const one of sender.sent.filter(({ terminal }) => !terminal)) await sender.send(url, one)
    }),
  )
}

async function upstreamCalls(url: string): Promise<UpstreamCall[]> {
  const response = await fetch(`${url}/__journal`)
  return ((await response.json()) as { requests: UpstreamCall[] }).requests
}
