import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CHANNELS } from '../../src/audit/entry.ts'
import { createRandom } from '../../src/audit/generate.case.ts'
import { findOpenIntents } from '../../src/audit/open-intents.ts'
import { verifyDatabase } from '../../src/audit/verify-database.ts'
import type { Database } from '../../src/db/database.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createResources, type Resources } from '../../src/resources.ts'
import { type StrictDiscord, startDiscord } from '../discord/discord.ts'
import { startStubClaude } from '../upstream/stub.ts'
import { callUntilEnough } from './callers.ts'
import { announcements, type Unannounced, unannounced } from './checks.ts'
import { startFleet } from './fleet.ts'
import { everyHarm, harmUntilEnough } from './nemesis.ts'
import { startServer } from './server.ts'

export interface FaultRun {
  /** Requests that must have reached Claude. */
  calls: number
  /** The same seed chooses the same harms; what they meet is chance. */
  seed: number
  gateways?: number
  people?: number
  /** Whether Claude may be asked only what Discord has. */
  strict?: boolean
  note?: (text: string) => void
}

export interface FaultResult {
  sent: number
  /** Requests that reached Claude. */
  reached: number
  /** Those whose intent was not committed before; none may be. */
  unannounced: Unannounced[]
  /** Those whose intent Discord did not have before; none may be in strict mode. */
  unposted: Unannounced[]
  intents: number
  /** From when nothing hurt any more until no act was open, in ms. */
  settledMs: number
  findings: unknown[]
  entries: number
  harms: ReadonlyMap<string, number>
  /** Last words of gateways that no fault may have ended, yet did. */
  deaths: readonly string[]
}

const HELIX = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))
const LONGEST_SETTLING_MS = 90_000
const SETTLED_FOR_MS = 5_000
const PASSWORD = 'correct horse battery'

/** Nobody meets a limit, and nobody waits long for a Claude that is silent. */
const CONFIG = `export default {
  limits: { turnsPerMinute: 100_000, turnBurst: 100_000, signUps: 1_000, writes: 1_000_000, reads: 1_000_000 },
  timeouts: { upstreamIdleMs: 1_000, upstreamFirstByteMs: 1_500 },
}`

/**
 * Sends messages to several gateways while their database, Discord, Claude and they themselves fail, then lets
 * everything recover and holds what reached Claude to what the chain announced.
 */
export async function runFaults(asked: FaultRun): Promise<FaultResult> {
  const { calls, seed, gateways = 2, people = 12, strict = false, note = () => {} } = asked
  const resources = createResources()
  try {
    const random = createRandom(seed)
    const server = resources.keep(await startServer(), ({ stop }) => stop())
    const discord = resources.keep(await startDiscord(), ({ close }) => close())
    const stub = resources.keep(await startStubClaude({ journalLimit: calls * 3 }), ({ close }) => close())
    const home = makeHome(resources)
    const environment = {
      ...discordVariables(discord),
      DATABASE_URL: server.url,
      CLAUDE_API_KEY: 'sk-ant-test',
      ANTHROPIC_BASE_URL: stub.url,
      HELIX_AUDIT_MODE: strict ? 'strict' : 'durable',
    }
    migrateDatabase(home, environment)
    const fleet = resources.keep(await startFleet(gateways, home, environment), ({ stop }) => stop())
    const tokens = await signUp(fleet.urls()[0] ?? '', people)
    const harms = new Map<string, number>()
    const more = () => stub.requests.length < calls
    const wanted = () => more() || !everyHarm(harms)
    const progress = setInterval(() => note(`${stub.requests.length} of ${calls} calls`), 10_000)
    const [sent] = await Promise.all([
      callUntilEnough({ random: createRandom(seed + 1), gateways: fleet.urls, tokens, wanted }),
      harmUntilEnough({ server, discord, fleet, random, note }, more, harms),
    ]).finally(() => clearInterval(progress))
    const db = resources.keep(await openPostgres({ connectionString: server.url }), (open) => open.close())
    const settledMs = await untilSettled(db)
    return await judge(db, discord, stub.requests, { sent, harms, settledMs, deaths: fleet.deaths() })
  } finally {
    await resources.close()
  }
}

async function judge(
  db: Database,
  discord: StrictDiscord,
  requests: Parameters<typeof unannounced>[0],
  told: Pick<FaultResult, 'sent' | 'harms' | 'settledMs' | 'deaths'>,
): Promise<FaultResult> {
  // What arrives from here on is not held to what is read before it.
  const reached = [...requests]
  const { committed, posted } = await announcements(db, discord)
  const { findings, entries } = await verifyDatabase(db, { graceMs: 0 })
  return {
    ...told,
    reached: reached.length,
    unannounced: unannounced(reached, committed),
    unposted: unannounced(reached, posted),
    intents: committed.intents,
    findings,
    entries,
  }
}

function makeHome(resources: Resources): string {
  const home = mkdtempSync(join(tmpdir(), 'helix-faults-'))
  writeFileSync(join(home, 'helix.config.ts'), CONFIG)
  return resources.keep(home, (path) => rmSync(path, { recursive: true, force: true }))
}

function discordVariables(discord: StrictDiscord): Record<string, string> {
  const webhooks = CHANNELS.map((channel) => {
    const name = `DISCORD_WEBHOOK_${channel.toUpperCase().replace('-', '_')}`
    return [name, discord.addressOf(discord.addWebhook(discord.addChannel(`helix-${channel}`)))]
  })
  return { HELIX_DISCORD_API: discord.api, ...Object.fromEntries(webhooks) }
}

function migrateDatabase(home: string, environment: Record<string, string>): void {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ...environment }
  execFileSync(process.execPath, [HELIX, 'db', 'migrate'], { cwd: home, env, stdio: 'ignore' })
}

async function signUp(url: string, count: number): Promise<string[]> {
  const tokens: string[] = []
  for (let place = 0; place < count; place += 1) {
    const response = await fetch(`${url}/auth/v1/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `caller-${place}@example.com`, password: PASSWORD }),
    })
    tokens.push(((await response.json()) as { access_token: string }).access_token)
  }
  return tokens
}

/** Resolves to how long it took until no act was open any more, nor began again: a title may follow a reply. */
async function untilSettled(db: Database): Promise<number> {
  const startedAt = performance.now()
  let settledAt: number | undefined
  for (;;) {
    const open = await findOpenIntents(db, { before: new Date(Date.now() + 60_000) })
    const now = performance.now()
    settledAt = open.length === 0 ? (settledAt ?? now) : undefined
    if (settledAt !== undefined && now - settledAt > SETTLED_FOR_MS) return settledAt - startedAt
    if (now - startedAt > LONGEST_SETTLING_MS)
      throw new Error(`Still open: ${JSON.stringify(await aboutOpen(db))}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function aboutOpen(db: Database) {
  return db.query(
    `select e.seq, e.kind, e.at, g.purpose, g.state, g.lease_until, g.lease_token, g.instance, g.finished_at, now() as now
     from public.audit_entries e left join public.generations g on g.intent_seq = e.seq
     where right(e.kind, 8) = '.request' and not exists (
       select from public.audit_entries c where c.log_id = e.log_id and c.intent = e.seq)
     order by e.seq limit 10`,
  )
}
