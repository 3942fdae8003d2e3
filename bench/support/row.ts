import { parseArgs } from 'node:util'
import { createResources, type Resources } from '../../src/resources.ts'
import { type Machine, machineText, watchMachine } from './machine.ts'

/** One number of a row; `bar` is what docs of the project promise. */
export interface Figure {
  what: string
  value: number
  unit: string
  /** Digits after the point. */
  digits?: number
  /** The spread, or what the number is a ratio of. */
  detail?: string
  bar?: { most: number } | { least: number }
}

/** A row as `--json` prints it. */
export interface RowResult {
  row: number | null
  title: string
  conditions: string[]
  at: string
  machine: Machine
  figures: Figure[]
}

export interface Row {
  /** Its number among the bars of docs/performance.md; null for a measurement beside them. */
  row: number | null
  title: string
  /** What is in the figures and how they were taken, a sentence each. */
  conditions: string[]
  /** Names of options of its own, each with a value. */
  options?: readonly string[]
  /** Measures; what it keeps in `resources` is closed afterwards, however it ended. */
  measure(tools: Tools): Promise<Figure[]>
}

export interface Tools {
  resources: Resources
  /** Rounds to measure: the row's own number, or what `--rounds` says. */
  rounds(standard: number): number
  /** The value of one of the row's own options, where it was given. */
  option(name: string): string | undefined
  /** Says how it goes, on stderr. */
  note(text: string): void
}

/** How a row ends that refused a machine which is not quiet. */
export const EXIT_BUSY = 3
const EXIT_MISSED = 9

/**
 * Runs one row as a program: refuses on a machine that is not quiet, measures, prints. Ends with 9 where a bar was
 * missed and with 3 where it refused.
 */
export async function runRow(row: Row): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries((row.options ?? []).map((name) => [name, { type: 'string' as const }])),
      ...{ force: { type: 'boolean' }, json: { type: 'boolean' }, rounds: { type: 'string' } },
    },
  })
  const note = (text: string) => process.stderr.write(`${text}\n`)
  const machine = await watchMachine()
  if (!machine.quiet && !values.force) {
    note(`This machine is not quiet: ${machineText(machine)}.`)
    note('Stop what else runs on it, or measure all the same with --force; the figures will then say so.')
    process.exitCode = EXIT_BUSY
    return
  }
  const resources = createResources()
  try {
    const figures = await row.measure({
      resources,
      rounds: (standard) => Number(values.rounds ?? standard),
      option: (name) => (values as Record<string, string | undefined>)[name],
      note,
    })
    const { title, conditions } = row
    const result: RowResult = {
      row: row.row,
      title,
      conditions,
      at: new Date().toISOString(),
      machine,
      figures,
    }
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${asText(result)}\n`)
    if (figures.some(isMissed)) process.exitCode = EXIT_MISSED
  } finally {
    await resources.close()
  }
}

export function isMissed({ value, bar }: Figure): boolean {
  if (!bar) return false
  return 'most' in bar ? !(value <= bar.most) : !(value >= bar.least)
}

export function barText({ bar, unit }: Figure): string {
  if (!bar) return ''
  return 'most' in bar ? `≤ ${bar.most} ${unit}` : `≥ ${bar.least} ${unit}`
}

export function valueText({ value, unit, digits = 2 }: Figure): string {
  return `${value.toFixed(digits)} ${unit}`
}

function asText({ row, title, conditions, machine, figures }: RowResult): string {
  const width = Math.max(...figures.map(({ what }) => what.length))
  const lines = figures.map((figure) => {
    const verdict = figure.bar ? `  bar ${barText(figure)}: ${isMissed(figure) ? 'MISSED' : 'met'}` : ''
    const detail = figure.detail ? `  (${figure.detail})` : ''
    return `  ${figure.what.padEnd(width)}  ${valueText(figure).padStart(14)}${verdict}${detail}`
  })
  return [
    row === null ? title : `Row ${row}: ${title}`,
    ...conditions,
    machineText(machine),
    '',
    ...lines,
  ].join('\n')
}
