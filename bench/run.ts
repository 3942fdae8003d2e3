/**
 * Runs every row, one after the other, and writes what they measured into docs/performance.md.
 *
 *   node bench/run.ts [row …] [--force]        (rows by file name: first-token, turns, streams, slow-callers, start-up,
 *                                              up, audit, load, monitor, log-before-act, million, discord, page-devices, deploys,
 *                                              backup)
 *
 * A row that misses its bar is written down like any other; this then ends with 9.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/config/package.ts'
import { machineText } from './support/machine.ts'
import { barText, EXIT_BUSY, isMissed, type RowResult, valueText } from './support/row.ts'

const ROWS = [
  ...['first-token', 'turns', 'streams', 'slow-callers', 'start-up', 'up', 'audit', 'load', 'monitor'],
  ...['log-before-act', 'million', 'discord', 'page-devices', 'deploys', 'backup'],
]
const PAGE = join(packageRoot(), 'docs/performance.md')

const MOST_TRIES = 6
const PAUSE_MS = 10_000

/**
 * Measures one row in a process of its own; what it says on the way goes through. Waits a while for the machine to
 * be quiet again after the row before.
 */
async function measure(row: string, force: boolean, tries = 1): Promise<RowResult> {
  const script = fileURLToPath(new URL(`./${row}.ts`, import.meta.url))
  const args = [script, '--json', ...(force ? ['--force'] : [])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const output = await text(child.stdout)
  await exited
  if (output !== '') return JSON.parse(output) as RowResult
  if (child.exitCode !== EXIT_BUSY || tries === MOST_TRIES)
    throw new Error(`bench/${row}.ts measured nothing`)
  await sleep(PAUSE_MS)
  return measure(row, force, tries + 1)
}

function rowText({ row, title, conditions, at, machine, figures }: RowResult): string {
  const lines = figures.map((figure) => {
    const verdict = figure.bar ? (isMissed(figure) ? '**missed**' : 'met') : ''
    return `| ${figure.what} | ${valueText(figure)} | ${barText(figure)} | ${verdict} | ${figure.detail ?? ''} |`
  })
  return [
    row === null ? `### ${title}` : `### ${title} (row ${row})`,
    '',
    ...conditions.map((condition) => `- ${condition}`),
    `- ${at.slice(0, 16)}Z on ${machineText(machine)}.`,
    '',
    '| what | measured | bar | | |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

/** Puts the text of a row between its markers on the page. */
function write(row: string, content: string): void {
  const [begin, end] = [`<!-- ${row}: begin -->`, `<!-- ${row}: end -->`]
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for ${row}`)
  writeFileSync(PAGE, `${page.slice(0, from)}${begin}\n${content}\n${page.slice(to)}`)
}

const { values, positionals } = parseArgs({
  options: { force: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.find((row) => !ROWS.includes(row))
if (unknown) throw new Error(`No row "${unknown}"; there are ${ROWS.join(', ')}`)
execFileSync('npm', ['run', '--silent', 'build'], {
  cwd: packageRoot(),
  stdio: ['ignore', 'ignore', 'inherit'],
})
for (const row of positionals.length > 0 ? positionals : ROWS) {
  process.stderr.write(`\n== ${row}\n`)
  const result = await measure(row, values.force ?? false)
  write(row, rowText(result))
  if (result.figures.some(isMissed)) process.exitCode = 9
}
