import { shownChecks } from '../health/shown-checks.ts'
import type { Colour } from '../ui/colour.ts'
import { safeText } from '../ui/safe-text.ts'
import { span } from '../ui/span.ts'
import type { AlertPicture, HostPicture, Numbers, Picture } from './picture.ts'
import {
  shownCount,
  shownMs,
  shownRate,
  shownSeconds,
  shownTimes,
  shownUptime,
  shownUsd,
} from './shown-numbers.ts'
import { sparkline } from './sparkline.ts'

/** What the newest alerts may take of a screen. */
const MOST_ALERTS = 6
const LEAST_WIDTH = 60

interface LayoutOptions {
  colour: Colour
  /** Columns of the screen. */
  width: number
  /** What stands at the end: the keys. */
  footer?: string
}

/** A picture as lines of text. The same picture is the same lines; what is too wide is for the screen to cut. */
export function layOut(picture: Picture, { colour, width, footer }: LayoutOptions): string[] {
  const wide = Math.max(LEAST_WIDTH, width)
  return [
    headLine(picture, colour),
    '',
    ...hostTable(picture, colour),
    '',
    ...courseLines(picture, colour, wide),
    '',
    ...partLines(picture, colour),
    '',
    ...alertLines(picture, colour),
    ...picture.notes.map((note) => colour.dim(safeText(note))),
    ...(footer === undefined ? [] : ['', colour.dim(footer)]),
  ]
}

function headLine({ env, hosts, sum }: Picture, { bold, green, red, yellow }: Colour): string {
  const well = hosts.every(({ ok }) => ok)
  const state = well ? green('● well') : sum.up === 0 ? red('● away') : yellow('● not well')
  const simulated = hosts.some((host) => host.simulated) ? `  ${yellow('Claude is SIMULATED')}` : ''
  return `${bold('Helix')}  ${safeText(env)}  ${state}  ${sum.up} of ${hosts.length} up${simulated}`
}

const HEADS = [
  'gateway',
  'state',
  'release',
  'up',
  'response 50/95',
  'first words 50/95',
  'errors',
  'streams',
  '$/h',
]
/** The first columns are words, the others numbers. */
const WORDS = 4

function hostTable({ hosts, sum }: Picture, colour: Colour): string[] {
  const cells = [
    HEADS,
    ...hosts.map(hostCells),
    ...(hosts.length > 1 ? [['all', '', '', '', ...numberCells(sum.numbers)]] : []),
  ]
  const widths = HEADS.map((_, nth) => Math.max(...cells.map((row) => row[nth]?.length ?? 0)))
  const lines = cells.map((row) =>
    row
      .map((cell, nth) => (nth < WORDS ? cell.padEnd(widths[nth] ?? 0) : cell.padStart(widths[nth] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return lines.flatMap((line, nth) => {
    const host = hosts[nth - 1]
    if (nth === 0) return [colour.dim(line)]
    if (!host) return [colour.bold(line)]
    const problems = host.problems.map((problem) => colour.red(`  ${safeText(problem)}`))
    return [host.ok ? line : colour[host.status === 'degraded' ? 'yellow' : 'red'](line), ...problems]
  })
}

function hostCells({ host, status, release, uptimeSeconds, numbers }: HostPicture): string[] {
  const name = safeText(host.replace(/^https?:\/\//, ''))
  const words = [name, status, safeText(release ?? '–').slice(0, 24), shownUptime(uptimeSeconds)]
  return [...words, ...numberCells(numbers)]
}

function numberCells(numbers: Numbers | null): string[] {
  if (!numbers) return ['–', '–', '–', '–', '–']
  const { responseMs, ttftMs, errorRate, openStreams, costPerHourUsd } = numbers
  return [
    ...[shownTimes(responseMs), shownTimes(ttftMs), shownRate(errorRate)],
    ...[shownCount(openStreams), shownUsd(costPerHourUsd)],
  ]
}

const LABEL = 18
const VALUE = 9

function courseLines({ courses, sum, stepMinutes }: Picture, colour: Colour, width: number): string[] {
  const { numbers } = sum
  const bars = Math.min(40, Math.floor((width - 3) / 2) - LABEL - VALUE)
  const one = (label: string, course: readonly (number | null)[], value: string, paint: 'cyan' | 'red') =>
    `${label.padEnd(LABEL)}${colour[paint](sparkline(course, bars))}${value.padStart(VALUE)}`
  const rows = [
    one('response p95', courses.responseP95Ms, shownMs(numbers?.responseMs.p95 ?? null), 'cyan'),
    one('first words p95', courses.ttftP95Ms, shownMs(numbers?.ttftMs.p95 ?? null), 'cyan'),
    one('requests a minute', courses.requests, shownCount(numbers?.requestsPerMinute ?? null), 'cyan'),
    one('errors', courses.errorRate, shownRate(numbers?.errorRate ?? null), 'red'),
    one('open streams', courses.openStreams, shownCount(numbers?.openStreams ?? null), 'cyan'),
    one('cost an hour', courses.costUsd, shownUsd(numbers?.costPerHourUsd ?? null), 'cyan'),
  ]
  const over = stepMinutes === null ? 'since this began' : `the last ${bars} minutes`
  return [colour.dim(over), `${rows[0]}   ${rows[1]}`, `${rows[2]}   ${rows[3]}`, `${rows[4]}   ${rows[5]}`]
}

function shownProof(provedAt: string | null | undefined, at: string, { yellow }: Colour): string {
  if (provedAt === null) return yellow('never')
  if (provedAt === undefined) return '–'
  return `${span(Date.parse(at) - Date.parse(provedAt))} ago`
}

function partLines({ at, sum }: Picture, colour: Colour): string[] {
  const parts = shownChecks(sum.checks, colour)
  const { numbers, provedRestoreAt } = sum
  const facts = [
    `replies being made ${shownCount(numbers?.openReplies ?? null)}`,
    `waiting for the database ${shownCount(numbers?.databaseQueue ?? null)}`,
    `oldest for Discord ${shownSeconds(numbers?.outboxAgeSeconds ?? null)}`,
    `last proved restore ${shownProof(provedRestoreAt, at, colour)}`,
  ]
  return [parts.join(colour.dim(' · ')), facts.join(colour.dim(' · '))]
}

function alertLines({ alerts }: Picture, colour: Colour): string[] {
  if (!alerts) return []
  if (alerts.length === 0) return [colour.dim('no alerts of late')]
  return [
    colour.dim('latest alerts (UTC)'),
    ...alerts.slice(0, MOST_ALERTS).map((alert) => alertLine(alert, colour)),
  ]
}

const MARKS: Readonly<Record<string, readonly ['yellow' | 'dim' | 'red', string]>> = {
  warning: ['yellow', '!'],
  info: ['dim', '·'],
}

function alertLine({ at, alert, severity, state, message }: AlertPicture, colour: Colour): string {
  const when = colour.dim(`${at.slice(5, 10)} ${at.slice(11, 19)}`)
  if (state === 'recovered') return `${when} ${colour.green('✔')} ${safeText(alert)} is over`
  const mark = MARKS[severity] ?? ['red', '✖']
  return `${when} ${colour[mark[0]](mark[1])} ${safeText(alert)}  ${safeText(message).replaceAll('\n', ' ')}`.trimEnd()
}
