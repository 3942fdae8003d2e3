/**
 * Row 2: whole turns a second that 16 clients get, against Portkey's gateway, which stores nothing and signs nobody
 * in. Both answer in one piece and call the same stub; rounds alternate.
 *
 *   node bench/turns.ts [--rounds 6] [--force] [--json]
 */
import { Agent } from 'undici'
import { startHelix } from './support/helix.ts'
import { signInPeople } from './support/people.ts'
import { PORTKEY, portkeyHeaders, startPortkey } from './support/portkey.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median, middleHalf, percentile } from './support/statistics.ts'
import { helixTalk, messagesTalk, type Talk } from './support/talk.ts'
import { startUpstream } from './support/upstream.ts'

const ROUNDS = 6
const ROUND_MS = 4_000
const CLIENTS = 16
/** A person may send 30 messages at once. */
const MESSAGES_A_PERSON = 30
const FASTEST = 1_200
/** How long conversations are: a first message each, and chats. */
const LENGTHS = [1, 10]

interface Contender {
  origin: string
  /** Makes what one client begins its conversations with. */
  newClient(): () => Talk
}

interface Round {
  perSecond: number
  latencies: number[]
}

/** Lets 16 clients talk for a round, each one message after the other. */
async function round(agent: Agent, { origin, newClient }: Contender, length: number): Promise<Round> {
  const latencies: number[] = []
  const started = performance.now()
  const client = async () => {
    const newTalk = newClient()
    let talk = newTalk()
    for (let turn = 1; performance.now() - started < ROUND_MS; turn += 1) {
      const call = talk.next()
      const sent = performance.now()
      const { statusCode, body } = await agent.request({ origin, ...call })
      const answer = await body.text()
      if (statusCode !== 200) throw new Error(`${origin} answered ${statusCode}: ${answer.slice(0, 500)}`)
      latencies.push(performance.now() - sent)
      talk.heard(answer)
      if (turn % length === 0) talk = newTalk()
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return { perSecond: (latencies.length / (performance.now() - started)) * 1_000, latencies }
}

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const { url } = upstream.ready
  const gateway = await startHelix(resources, url)
  const count = rounds(ROUNDS)
  const turns = (((count + 1) * LENGTHS.length * ROUND_MS) / 1_000) * FASTEST
  const tokens = await signInPeople(
    gateway,
    Math.ceil(turns / MESSAGES_A_PERSON + (count + 1) * LENGTHS.length * CLIENTS),
  )
  const viaPortkey = () => messagesTalk(portkeyHeaders(url))
  const portkey = { origin: await startPortkey(resources), newClient: () => viaPortkey }
  const agent = resources.keep(new Agent({ connections: CLIENTS }), (open) => open.close())

  const found: Figure[] = []
  for (const length of LENGTHS) {
    const talksEach = Math.floor(MESSAGES_A_PERSON / length)
    const helix = { origin: gateway.url, newClient: () => peopleTalks(tokens, talksEach) }
    const taken: { helix: Round; portkey: Round }[] = []
    for (let index = -1; index < count; index += 1) {
      const first = index % 2 === 0 ? helix : portkey
      const one = await round(agent, first, length)
      const other = await round(agent, first === helix ? portkey : helix, length)
      const pair = first === helix ? { helix: one, portkey: other } : { helix: other, portkey: one }
      const text = `Helix ${pair.helix.perSecond.toFixed(0)}/s, Portkey ${pair.portkey.perSecond.toFixed(0)}/s`
      note(`${length}-turn conversations, round ${index + 1}${index < 0 ? ' (warm-up)' : ''}: ${text}`)
      if (index >= 0) taken.push(pair)
    }
    found.push(...figures(taken, length))
  }
  return found
}

/** Conversations of one client: a few in each person's name, so that nobody meets a limit. */
function peopleTalks(tokens: string[], talksEach: number): () => Talk {
  let token: string | undefined
  let given = 0
  return () => {
    if (given % talksEach === 0) token = tokens.pop()
    if (token === undefined) throw new Error('More turns than people were signed in for')
    given += 1
    return helixTalk(token)
  }
}

function figures(taken: readonly { helix: Round; portkey: Round }[], length: number): Figure[] {
  const ratios = taken.map(({ helix, portkey }) => helix.perSecond / portkey.perSecond)
  const rate = (side: 'helix' | 'portkey') => median(taken.map((one) => one[side].perSecond))
  const latencies = (side: 'helix' | 'portkey') => taken.flatMap((one) => one[side].latencies)
  const spread = (side: 'helix' | 'portkey') =>
    `latency median ${median(latencies(side)).toFixed(1)} ms, p99 ${percentile(latencies(side), 0.99).toFixed(1)} ms`
  const talks = length === 1 ? 'first messages' : `conversations of ${length} turns`
  return [
    {
      what: `turns a second against Portkey, ${talks}`,
      value: median(ratios),
      unit: '×',
      bar: { least: 1 },
      detail: `median of ${ratios.length} rounds, middle half ${middleHalf(ratios)}`,
    },
    { what: `Helix, ${talks}`, value: rate('helix'), unit: '/s', digits: 0, detail: spread('helix') },
    { what: `Portkey, ${talks}`, value: rate('portkey'), unit: '/s', digits: 0, detail: spread('portkey') },
  ]
}

await runRow({
  row: 2,
  title: 'non-streamed turns a second, 16 clients',
  conditions: [
    'Clients, both gateways, PostgreSQL and the stub (@copilotkit/aimock, no delay) share the machine; loopback, keep-alive.',
    `${PORTKEY} passes a non-streamed Messages call on and stores nothing; Helix signs in, stores and audits each turn in PostgreSQL with fsync.`,
    'In a conversation, Helix reads what was said before from the database; to Portkey the client sends it along.',
  ],
  measure,
})
