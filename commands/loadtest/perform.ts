import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { HelixError } from '../../src/errors.ts'
import type { LoadResult, Second } from '../../src/load/result.ts'
import type { DrawRow } from '../../src/load/script/payload.ts'
import type { LoadScript } from '../../src/load/script/schema.ts'
import type { Context } from '../context.ts'

interface Wanted {
  name: string
  script: LoadScript
  target: string
  row?: DrawRow
  /** Whether each request is of somebody else. */
  takeTurns?: boolean
  people: number | undefined
  signIn: boolean
  output: string | undefined
  html: string | undefined
}

/** Seconds between two lines of progress where there is no terminal to write over. */
const LINE_EVERY = 10

/** Runs a load test: asks for consent, makes the people it needs, and removes them whatever comes of it. */
export async function perform(wanted: Wanted, context: Context): Promise<LoadResult> {
  const { script, target } = wanted
  const { lengthOf, sizeOf } = await import('../../src/load/arrivals.ts')
  const phases = script.config.phases ?? []
  if (phases.length === 0) throw new HelixError('usage', `${wanted.name} has no phases: nobody would arrive`)
  const { host, hostname } = new URL(target)
  const { arrivals } = sizeOf(phases)
  const ms = lengthOf(phases)
  const what = `Send ${arrivals} virtual users to ${host} within ${Math.round(ms / 1_000)} s`
  if (!isThisMachine(hostname)) await context.consent({ act: what, name: hostname })
  const simulated = await isSimulated(target)
  if (simulated === false) await context.consent({ act: `${what}, whose replies cost money` })
  if (simulated === undefined)
    await context.consent({ act: `${what}, which does not tell whether its replies cost money` })
  const data = { target: host, users: arrivals, seconds: Math.round(ms / 1_000) }
  const log = context.log('person')
  const result = await log.act('loadtest.run.start', data, async () => {
    const people = await signInPeople(wanted, context)
    try {
      const { runLoad } = await import('../../src/load/run.ts')
      const environment = context.environment
      const shown = progress(context, ms)
      return await runLoad({
        ...{ name: wanted.name, script, phases, target, simulated: simulated ?? null, environment },
        ...(wanted.row && { row: wanted.row }),
        tokens: people.tokens,
        takeTurns: wanted.takeTurns ?? false,
        signal: context.signal,
        onSecond: shown.second,
        log: context.note,
      }).finally(shown.end)
    } finally {
      await people.remove()
    }
  })
  await keep(result, wanted, context)
  return result
}

/** Another machine may be in use by others, whatever it is called. */
function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** What a gateway says of its replies; null for what is no gateway, undefined where there is no telling. */
async function isSimulated(target: string): Promise<boolean | null | undefined> {
  const signal = AbortSignal.timeout(5_000)
  try {
    const answer = await fetch(new URL('/config.json', target), { signal })
    if (!answer.ok && answer.status !== 404) return undefined
    const told = (await answer.json()) as { simulated?: unknown } | null
    return typeof told?.simulated === 'boolean' ? told.simulated : null
  } catch (thrown) {
    return thrown instanceof SyntaxError ? null : undefined
  }
}

async function signInPeople({ script, target, people, signIn }: Wanted, context: Context) {
  const nobody = { tokens: [] as string[], remove: async () => {} }
  if (!signIn) return nobody
  const gateway = await context.gateway().catch((thrown: unknown) => {
    if (people === undefined && !asksGateway(script)) return undefined
    throw thrown
  })
  if (!gateway || !sameOrigin(gateway.url, target)) {
    if (people === undefined && !asksGateway(script)) return nobody
    throw new HelixError('precondition_failed', `Nobody is signed in at ${target}`, {
      hint: `Sign in there as the creator: helix login ${target}. Without access tokens: --no-sign-in.`,
      next: [`helix login ${target}`],
    })
  }
  const { peopleFor, removePeople } = await import('../../src/load/test-people.ts')
  const phases = script.config.phases ?? []
  const { lengthOf } = await import('../../src/load/arrivals.ts')
  const count = people ?? peopleFor(script, phases)
  context.note(`Making ${count} throw-away ${count === 1 ? 'person' : 'people'}`)
  const seconds = Math.min(86_400, Math.ceil(lengthOf(phases) / 1_000) + 3_600)
  const { run, tokens } = await gateway.client.admin.beginLoadTest({ people: count, seconds })
  return {
    tokens,
    async remove() {
      context.note('Removing them and what they wrote')
      await removePeople(gateway.client, run).catch((thrown: unknown) => {
        context.say(
          `${count} people of this test are left; the next test removes them once their tokens have ended. ${String(thrown)}`,
        )
      })
    },
  }
}

function asksGateway(script: LoadScript): boolean {
  return /"url":"[^"]*\/api\//.test(JSON.stringify(script.scenarios))
}

/** `localhost` and 127.0.0.1 are one gateway. */
function sameOrigin(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  const same = a.hostname === b.hostname || (isThisMachine(a.hostname) && isThisMachine(b.hostname))
  return same && a.port === b.port && a.protocol === b.protocol
}

/** One line that is written over on a terminal, else a line now and then. */
function progress({ stderr, isTty, note }: Context, ms: number) {
  const tell = (second: Second, elapsedMs: number) =>
    `${Math.round(elapsedMs / 1_000)}/${Math.round(ms / 1_000)} s  ${second.open} under way  ` +
    `${second.answered} answers/s  ${second.failed} failed  ${second.refused} refused` +
    (second.p95 === null ? '' : `  95 % within ${second.p95.toFixed(0)} ms`)
  let count = 0
  return {
    second(second: Second, elapsedMs: number): void {
      count += 1
      if (isTty) stderr.write(`\r\u001b[2K${tell(second, elapsedMs)}`)
      else if (count % LINE_EVERY === 0) note(tell(second, elapsedMs))
    },
    end: () => void (isTty && stderr.write('\r\u001b[2K')),
  }
}

async function keep(result: LoadResult, { output, html }: Wanted, context: Context): Promise<void> {
  const { files } = context.log('person')
  if (output !== undefined) await files.replace(resolve(context.cwd, output), `${JSON.stringify(result)}\n`)
  if (html === undefined) return
  const { resultHtml } = await import('../../src/load/report/html.ts')
  await files.replace(resolve(context.cwd, html), resultHtml(result))
}
