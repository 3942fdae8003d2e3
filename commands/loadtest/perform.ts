import { resolve } from 'node:path'
import { HelixError } from '../../src/errors.ts'
import type { LoadResult, Second } from '../../src/load/result.ts'
import type { DrawRow } from '../../src/load/script/payload.ts'
import type { LoadScript } from '../../src/load/script/schema.ts'
import type { Context } from '../context.ts'
import { costNothing } from './cost.ts'
import { makePeople, signInPlace } from './people.ts'
import { consentToReach } from './reach.ts'

interface Wanted {
  name: string
  script: LoadScript
  target: string
  row?: DrawRow
  /** Whether each request is of somebody else. */
  takeTurns?: boolean
  people: number | undefined
  signIn: boolean
  /** Whether Claude is to answer, though a test can go without. */
  realClaude: boolean
  output: string | undefined
  html: string | undefined
}

/** Seconds between two lines of progress where there is no terminal to write over. */
const LINE_EVERY = 10

/** Runs a load test: asks for consent, makes the people it needs, and removes them whatever comes of it. */
export async function perform(wanted: Wanted, context: Context): Promise<LoadResult> {
  const { script, target } = wanted
  const { lengthOf, sizeOf } = await import('../../src/load/arrivals.ts')
  const { originsOf } = await import('../../src/load/reach.ts')
  const phases = script.config.phases ?? []
  if (phases.length === 0) throw new HelixError('usage', `${wanted.name} has no phases: nobody would arrive`)
  const origins = originsOf(script, target)
  const [host, ...others] = origins.map((origin) => new URL(origin).host)
  const { arrivals } = sizeOf(phases)
  const ms = lengthOf(phases)
  const what = `Send ${arrivals} virtual users to ${[host, ...others].join(', ')} within ${Math.round(ms / 1_000)} s`
  const { mayReach, alsoNamed } = await consentToReach(origins, what, context)
  const gateway = await signInPlace(wanted, context)
  const { realClaude } = wanted
  const replies = { script, origins, alsoNamed, realClaude, signedIn: gateway !== undefined }
  const simulated = await costNothing(replies, what, context)
  const data = {
    target: host as string,
    ...(others.length + alsoNamed.length > 0 && { also: [...others, ...alsoNamed] }),
    users: arrivals,
    seconds: Math.round(ms / 1_000),
  }
  const log = context.log('person')
  const result = await log.act('loadtest.run.start', data, async () => {
    const made = await makePeople(gateway, wanted, !realClaude, context)
    try {
      const { runLoad } = await import('../../src/load/run.ts')
      const environment = context.environment
      const shown = progress(context, ms)
      return await runLoad({
        ...{ name: wanted.name, script, phases, target, simulated, environment, mayReach },
        ...(wanted.row && { row: wanted.row }),
        people: made.people,
        takeTurns: wanted.takeTurns ?? false,
        signal: context.signal,
        onSecond: shown.second,
        log: context.note,
      }).finally(shown.end)
    } finally {
      await made.remove()
    }
  })
  await keep(result, wanted, context)
  return result
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
