import { z } from 'zod'
import { redact } from '../../audit/redact.ts'
import { HelixError } from '../../errors.ts'
import { runOn } from '../../shell/host.ts'
import { LIMIT_MS } from '../../shell/limits.ts'
import { safeText } from '../../ui/safe-text.ts'
import type { Place } from './place.ts'
import type { ProcessState } from './runner.ts'

const Answer = z.object({ status: z.number(), body: z.string() })
/** What a release answered; status 0 when it did not, and the body then says why. */
export type Answer = z.infer<typeof Answer>

/** How a release fares as a process. */
export async function stateOf({ host, folder, runner }: Place, release: string): Promise<ProcessState> {
  return runner.readState(await runOn(host, 'look at the service', runner.state(folder, release)))
}

/** Asks a release on its own machine, over its own socket, whether or not requests are sent to it. */
export async function ask({ host, folder, runner }: Place, release: string, path: string): Promise<Answer> {
  const act = runner.ask(folder, release, path)
  return Answer.parse(JSON.parse(await runOn(host, `ask ${release}`, act, { timeoutMs: LIMIT_MS.ask })))
}

const LAST_LINES = 50

/** The failure of a release that is not as it must be: what it answered last, and the end of its log. */
export async function notServing(
  { host, folder, runner }: Place,
  release: string,
  what: string,
  answer: Answer | undefined,
): Promise<HelixError> {
  const log = await runOn(host, 'read the log', runner.lastLines(folder, release, LAST_LINES)).catch(() => '')
  const answered =
    answer && answer.status > 0 ? `${answer.status} ${answer.body.slice(0, 300)}` : answer?.body
  return new HelixError('deploy_failed', `${release} on ${host.name} ${what}`, {
    hint: [
      answered && `It last answered: ${safeText(redact(answered))}.`,
      log && `The end of its log:\n${safeText(redact(log))}`,
    ]
      .filter(Boolean)
      .join('\n'),
    details: { host: host.name, release, ...(answer && { answered: answer.status }) },
  })
}
