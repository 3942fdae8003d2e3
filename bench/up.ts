/**
 * Row 5: `helix up` on an embedded database, from spawn to the first healthy answer of /health.
 *
 *   node bench/up.ts [--rounds 5] [--force] [--json]
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packageRoot } from '../src/config/package.ts'
import { templateName } from '../src/db/template.ts'
import { builtLauncher, temporaryDirectory } from './support/helix.ts'
import { startReady } from './support/process.ts'
import { type Row, runRow, type Tools } from './support/row.ts'
import { median } from './support/statistics.ts'

const ROUNDS = 5

interface Installation {
  launcher: string
  /** Where it finds, or keeps, what can be made again. */
  cache: string
}

/** Milliseconds from spawn to the first healthy answer. */
async function timeUp({ launcher, cache }: Installation, home: string): Promise<number> {
  const started = performance.now()
  const running = await startReady<{ url: string }>({
    args: [launcher, 'up', '--json', '--port', '0', '--data-dir', join(home, 'data')],
    cwd: home,
    environment: { XDG_CACHE_HOME: cache, XDG_RUNTIME_DIR: home },
  })
  const response = await fetch(`${running.ready.url}/health`)
  const { status } = (await response.json()) as { status: string }
  const taken = performance.now() - started
  await running.stop()
  if (status !== 'ok') throw new Error(`/health says ${status}`)
  return taken
}

/** This package with a build that has no template, as `tsc` alone leaves it. */
async function withoutTemplate({ resources }: Tools): Promise<Installation> {
  const copy = await temporaryDirectory(resources)
  const root = packageRoot()
  const keep = (path: string) => !basename(path).startsWith('template-')
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true, filter: keep })
  cpSync(join(root, 'supabase'), join(copy, 'supabase'), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return { launcher: join(copy, 'dist/bin/helix.js'), cache: join(copy, 'cache') }
}

async function measure(tools: Tools): ReturnType<Row['measure']> {
  const { resources, rounds, note } = tools
  const launcher = builtLauncher()
  const builder = join(packageRoot(), 'dist/src/db/pglite/build-template.js')
  if (!existsSync(join(packageRoot(), 'dist', templateName()))) execFileSync(process.execPath, [builder])
  const installed = { launcher, cache: await temporaryDirectory(resources) }
  const taken = { first: [] as number[], warm: [] as number[], bare: [] as number[] }
  for (let index = 0; index < rounds(ROUNDS); index += 1) {
    const home = await temporaryDirectory(resources)
    taken.first.push(await timeUp(installed, home))
    taken.warm.push(await timeUp(installed, home))
    taken.bare.push(await timeUp(await withoutTemplate(tools), await temporaryDirectory(resources)))
    const [first, warm, bare] = [taken.first, taken.warm, taken.bare].map((times) => times.at(-1)?.toFixed(0))
    note(`round ${index + 1}: first ${first} ms, warm ${warm} ms, first without a template ${bare} ms`)
  }
  const seconds = (times: number[]) => ({
    value: median(times) / 1_000,
    unit: 's',
    detail: `median of ${times.length}, slowest ${(Math.max(...times) / 1_000).toFixed(2)} s`,
  })
  return [
    { what: 'first ever', ...seconds(taken.first), bar: { most: 6 } },
    { what: 'warm', ...seconds(taken.warm), bar: { most: 2 } },
    { what: 'first ever, template not built yet', ...seconds(taken.bare) },
  ]
}

await runRow({
  row: 5,
  title: '`helix up` to the first healthy answer',
  conditions: [
    'Embedded database, simulated Claude, loopback; from spawn to the answer of /health with status ok.',
    'First ever: an empty data directory, with the template that `npm ci` builds. Warm: the same directory again, after a clean stop.',
  ],
  measure,
})
