import { redact } from '../audit/redact.ts'
import { span } from '../ui/span.ts'
import type { HealthChange } from './told.ts'

const RED = 0xed4245
const YELLOW = 0xfaa61a
const GREEN = 0x3ba55d

/** What people cannot use Helix with. */
const SEVERE = new Set(['unreachable', 'down'])
const MOST_CHARACTERS = 1_500

/** A change as one box of a Discord message. `from` is the machine that looked. */
export function alarmOf({ seen, since }: HealthChange, { from, now }: { from: string; now: Date }) {
  const name = redact(new URL(seen.host).host, 100)
  const severe = seen.problems.some(({ state }) => SEVERE.has(state))
  return {
    title: seen.ok ? `✔ ${name} is well again` : `✖ ${name} is ${headline(seen)}`,
    description: (seen.ok ? recovered(since, now) : described(seen)).slice(0, MOST_CHARACTERS),
    color: seen.ok ? GREEN : severe ? RED : YELLOW,
    footer: { text: redact(`seen from ${from}`, 100) },
    timestamp: now.toISOString(),
  }
}

function headline({ status, problems }: HealthChange['seen']): string {
  if (status === 'unreachable' || status === 'down' || status === 'draining') return status
  return problems.every(({ state }) => state === 'slow') ? 'slow' : 'not well'
}

/** Within a block of code nothing is markup and nobody is called. */
function described({ problems, release }: HealthChange['seen']): string {
  const lines = problems.map(({ part, state, message }) => `${part} ${state}: ${message}`)
  const text = [...lines, ...(release === null ? [] : [`release ${release}`])].map((line) =>
    redact(line, 300),
  )
  return `\`\`\`\n${text.join('\n').replaceAll('`', "'")}\n\`\`\``
}

function recovered(since: string | undefined, now: Date): string {
  const ms = since === undefined ? Number.NaN : now.getTime() - Date.parse(since)
  return Number.isNaN(ms) ? 'It answers as it should.' : `It was not for ${span(ms)}.`
}
