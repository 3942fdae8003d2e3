import type { Colour } from '../../ui/colour.ts'
import type { Distribution, LoadResult } from '../result.ts'
import { missed } from '../thresholds.ts'

const TIMES: [keyof LoadResult['times'], string][] = [
  ['response', 'response, as meant'],
  ['service', 'response, as sent'],
  ['firstToken', 'first words'],
  ['tokenGap', 'between words'],
]

/** A result as a person reads it in a terminal: what was asked for, what came of it, and what to believe of it. */
export function resultText(result: LoadResult, colour: Colour): string {
  const { users, requests, rate, streams, goodput, generator, thresholds } = result
  const short = users.ended < users.offered || users.failed > 0
  const lines = [
    `${colour.bold(result.name)} against ${result.target}${result.simulated ? ' (simulated replies)' : ''}${result.stopped ? ', stopped early' : ''}`,
    '',
    `users     ${users.offered} offered, ${users.started} began, ${users.ended - users.failed} came to the end` +
      (short ? colour.yellow(shortfall(result)) : ''),
    `requests  ${requests.sent} sent, ${requests.answered} answered well, ${requests.failed} failed, ${requests.refused} refused by limits`,
    `rate      ${rate.offered.toFixed(1)} users/s offered, ${rate.reached.toFixed(1)} answers/s reached`,
  ]
  if (streams.started > 0)
    lines.push(
      `streams   ${streams.started} began, ${streams.complete} whole, ${streams.failed} failed, ${streams.cut} cut, ${streams.stalls} stalls`,
    )
  if (goodput.judged > 0)
    lines.push(`goals     ${goodput.met} of ${goodput.judged} met, ${goodput.perSecond.toFixed(1)}/s`)
  const table = timesTable(result)
  if (table.length > 1) lines.push('', ...table)
  for (const [name, count] of Object.entries(requests.failures))
    lines.push(colour.red(`✖ ${count} × ${name}`))
  if (generator.limited)
    lines.push(
      '',
      colour.yellow(
        `! The generator was the limit: ${generator.reasons.join('; ')}. Do not judge the target by this.`,
      ),
    )
  if (thresholds.length > 0) lines.push('')
  for (const { what, got, ok, strict } of thresholds)
    lines.push(
      `${ok ? colour.green('✔') : colour.red('✖')} ${what}${got === null ? '' : `: ${round(got)}`}${strict ? '' : ' (optional)'}`,
    )
  if (missed(thresholds).length > 0) lines.push(colour.red('Thresholds were missed.'))
  return lines.join('\n')
}

function shortfall({ users }: LoadResult): string {
  const parts = [
    users.skipped > 0 && `${users.skipped} over maxVusers`,
    users.failed > 0 && `${users.failed} gave up`,
  ].filter(Boolean)
  return ` (${parts.join(', ')})`
}

function timesTable({ times }: LoadResult): string[] {
  const columns = ['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
  const cells = (values: readonly string[]) => values.map((value) => value.padStart(10)).join('')
  const rows = TIMES.flatMap(([name, told]) => {
    const found: Distribution | null = times[name]
    return found ? [`${told.padEnd(19)}${cells(columns.map((column) => round(found[column])))}`] : []
  })
  return [`${'ms'.padEnd(19)}${cells(columns.map((column) => column.replace('999', '99.9')))}`, ...rows]
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}
