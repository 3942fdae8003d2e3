/**
 * What `helix monitor` costs the gateway it looks at: processor time with it and without it, in turn.
 *
 *   node bench/monitor.ts [--rounds 3] [--seconds 60] [--force] [--json]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { readLogId } from '../src/audit/append.ts'
import { createAudit } from '../src/audit/audit.ts'
import { openPostgres } from '../src/db/postgres.ts'
import { runLoad } from '../src/load/run.ts'
import { readScript } from '../src/load/script/read.ts'
import type { Picture } from '../src/monitor/picture.ts'
import { nameCreator } from '../src/people/creator.ts'
import { type BenchGateway, builtLauncher, startHelix } from './support/helix.ts'
import { signInPeople } from './support/people.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median } from './support/statistics.ts'
import { startUpstream } from './support/upstream.ts'

const SECONDS = 60
const EVERY_S = 5
const RATE = 20
const METRICS_TOKEN = 'of-a-bench-nobody-else-reaches'
/** Of `/proc/<pid>/stat`, on every Linux there is. */
const TICKS_A_SECOND = 100

interface Watched {
  gateway: BenchGateway
  creator: string
  people: readonly string[]
}

async function measure({ resources, rounds, option, note }: Tools): ReturnType<Row['measure']> {
  const seconds = Number(option('seconds') ?? SECONDS)
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const gateway = await startHelix(resources, upstream.ready.url, {
    environment: { HELIX_METRICS_TOKEN: METRICS_TOKEN },
  })
  const [creator = '', ...people] = await signInPeople(gateway, 21)
  await makeCreator(gateway, creator)
  const watched = { gateway, creator, people }
  const figures: Figure[] = []
  for (const busy of [false, true]) {
    const pairs: { without: number; beside: number; looks: number }[] = []
    for (let round = -1; round < rounds(3); round += 1) {
      const span = round < 0 ? 15 : seconds
      const orders = round % 2 === 0 ? [false, true] : [true, false]
      const seen = { without: 0, beside: 0, looks: 0 }
      for (const monitor of orders) {
        const { share, looks } = await shareOf(watched, span, { busy, monitor })
        if (monitor) Object.assign(seen, { beside: share, looks })
        else seen.without = share
      }
      if (round < 0) continue
      pairs.push(seen)
      note(
        `${busy ? 'asked' : 'idle'}, round ${round + 1}: ${shown(seen.without)}, ${shown(seen.beside)} with it`,
      )
    }
    figures.push(...figuresOf(pairs, busy, seconds))
  }
  return figures
}

function figuresOf(
  pairs: readonly { without: number; beside: number; looks: number }[],
  busy: boolean,
  seconds: number,
): Figure[] {
  const more = pairs.map(({ without, beside }) => beside - without)
  const when = busy ? `asked ${RATE} times a second` : 'asked by nobody else'
  const looks = median(pairs.map(({ looks }) => looks))
  // Beside other work the little there is drowns in what that takes now more and now less.
  const each = `, ${((median(more) * seconds * 1_000) / looks).toFixed(1)} ms each`
  return [
    {
      what: `more of a processor, ${when}`,
      value: median(more) * 100,
      unit: '%',
      bar: { most: 1 },
      detail: `${looks} looks in ${seconds} s${busy ? '' : each}; rounds ${more.map(shown).join(', ')}`,
    },
    {
      what: `the gateway without it, ${when}`,
      value: median(pairs.map(({ without }) => without)) * 100,
      unit: '%',
    },
  ]
}

function shown(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

/** Which share of one processor the gateway takes meanwhile. */
async function shareOf(
  { gateway, creator, people }: Watched,
  seconds: number,
  { busy, monitor }: { busy: boolean; monitor: boolean },
): Promise<{ share: number; looks: number }> {
  const watching = monitor ? await startMonitor(gateway, creator) : undefined
  const before = processorSeconds(gateway.pid)
  const began = performance.now()
  const looksBefore = watching?.looks() ?? 0
  if (busy) await ask(gateway.url, people, seconds)
  else await sleep(seconds * 1_000)
  const share = (processorSeconds(gateway.pid) - before) / ((performance.now() - began) / 1_000)
  const looks = (watching?.looks() ?? 0) - looksBefore
  await watching?.stop()
  return { share, looks }
}

/** The built command, once it has shown its first picture: as it starts, it costs nobody but itself. */
async function startMonitor({ url, dataDir }: BenchGateway, creator: string) {
  const args = [builtLauncher(), 'monitor', '--json', '--every', String(EVERY_S), '--url', url]
  const child = spawn(process.execPath, args, {
    cwd: dataDir,
    env: { PATH: process.env.PATH, HOME: dataDir, HELIX_TOKEN: creator, HELIX_METRICS_TOKEN: METRICS_TOKEN },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let looks = 0
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => {
    const { notes, hosts } = JSON.parse(line) as Picture
    if (notes.length > 0 || hosts[0]?.numbers === null) throw new Error(`It saw less than all: ${line}`)
    looks += 1
  })
  await once(lines, 'line')
  return {
    looks: () => looks,
    async stop(): Promise<void> {
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    },
  }
}

async function ask(target: string, people: readonly string[], seconds: number): Promise<void> {
  const yaml = `
config: { phases: [{ arrivalRate: ${RATE}, duration: ${seconds} }] }
scenarios: [{ flow: [{ get: { url: /api/conversations } }] }, { flow: [{ get: { url: /api/profile } }] }]`
  const script = readScript(yaml, 'bench.yml')
  const { requests } = await runLoad({
    ...{
      name: 'bench',
      script,
      phases: script.config.phases ?? [],
      target,
      mayReach: () => true,
      simulated: null,
      environment: {},
    },
    people: people.map((token) => ({ token })),
    signal: new AbortController().signal,
    log: () => {},
  })
  if (requests.answered < requests.sent)
    throw new Error(`Only ${requests.answered} of ${requests.sent} answered`)
}

function processorSeconds(pid: number): number {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return (user + system) / TICKS_A_SECOND
}

async function makeCreator({ databaseUrl }: BenchGateway, token: string): Promise<void> {
  const db = await openPostgres({ connectionString: databaseUrl, max: 1 })
  const audit = createAudit(db, await readLogId(db))
  await nameCreator({ db, audit }, decodeJwt(token).sub ?? '', 'cli:bench')
  await db.close()
}

await runRow({
  row: null,
  title: 'what the monitor costs a gateway',
  conditions: [
    `\`helix monitor --json\` as a process of its own, which looks every ${EVERY_S} s as the creator and at /metrics.`,
    'Processor time of the gateway, all its threads, with it and without it in turn; database and monitor are not in it.',
    `First nobody else asks anything, then ${RATE} times a second somebody asks for profile or conversations.`,
  ],
  options: ['seconds'],
  measure,
})
