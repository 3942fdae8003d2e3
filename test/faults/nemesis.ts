import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Random } from '../../src/audit/generate.case.ts'
import type { StrictDiscord } from '../discord/discord.ts'
import type { Fleet } from './fleet.ts'
import type { HurtServer } from './server.ts'

interface Targets {
  server: HurtServer
  discord: StrictDiscord
  fleet: Fleet
  random: Random
  note(text: string): void
}

type Harm = (targets: Targets) => Promise<void>

/** Everything that is done to Helix, each to its end. */
const HARMS: Readonly<Record<string, Harm>> = {
  'database connections ended': ({ server }) =>
    asSuperuser(server, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'helix' and pid <> pg_backend_pid()`,
      ),
    ),
  'database crashed': ({ server, random }) => server.crash(500 + random() * 2_500),
  'chain locked': ({ server, random }) => locked(server, 'audit_head', 500 + random() * 2_500),
  'chain locked until a timeout': ({ server }) =>
    asSuperuser(server, async (client) => {
      await client.query(`alter role helix_gateway set lock_timeout = '300ms'`)
      await client.query(`alter role helix set lock_timeout = '300ms'`)
      await endOthers(client)
      await hold(client, 'audit_head', 1_500)
      await client.query('alter role helix_gateway reset lock_timeout')
      await client.query('alter role helix reset lock_timeout')
      await endOthers(client)
    }),
  'generations locked': ({ server, random }) => locked(server, 'generations', 500 + random() * 2_000),
  'gateway killed': ({ fleet, random }) => fleet.killOne(random),
  'Discord away': async ({ discord }) => {
    await discord.refuse()
    await sleep(2_000)
    await discord.listen()
  },
  'Discord answers 500': ({ discord }) => failing(discord, { kind: 'status', status: 500 }),
  'Discord answers 429': ({ discord }) => failing(discord, { kind: 'status', status: 429 }),
  'Discord loses its answers': ({ discord }) => failing(discord, { kind: 'cut', stored: true }),
}

/** Does every harm at least once, in random order, and goes on while `wanted`; `done` counts them. */
export async function harmUntilEnough(
  targets: Targets,
  wanted: () => boolean,
  done: Map<string, number>,
): Promise<void> {
  const names = Object.keys(HARMS)
  let left: string[] = []
  while (wanted() || !everyHarm(done)) {
    await sleep(300 + targets.random() * 1_200)
    if (left.length === 0) left = names.toSorted(() => targets.random() - 0.5)
    const name = left.pop() ?? ''
    targets.note(name)
    await HARMS[name]?.(targets)
    done.set(name, (done.get(name) ?? 0) + 1)
  }
}

/** Whether each was done at least once. */
export function everyHarm(done: ReadonlyMap<string, number>): boolean {
  return done.size === Object.keys(HARMS).length
}

async function asSuperuser(server: HurtServer, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server.superUrl })
  client.on('error', () => {})
  await client.connect()
  await work(client).finally(() => client.end())
}

function locked(server: HurtServer, table: string, ms: number): Promise<void> {
  return asSuperuser(server, (client) => hold(client, table, ms))
}

async function hold(client: pg.Client, table: string, ms: number): Promise<void> {
  await client.query('begin')
  await client.query(`lock table public.${table} in access exclusive mode`)
  await sleep(ms)
  await client.query('commit')
}

async function endOthers(client: pg.Client): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'helix' and pid <> pg_backend_pid()`,
  )
}

async function failing(discord: StrictDiscord, fault: Parameters<StrictDiscord['fail']>[0]): Promise<void> {
  const end = discord.fail(fault, { times: 5 })
  await sleep(1_500)
  end()
}
