import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { dashboardExpressions, RULES } from '../support/grafana.ts'

/** On the path, or where .ci/run puts it. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '.cache/prometheus/usr/bin']
const promtool = FOLDERS.map((folder) => join(folder, 'promtool')).find((path) => existsSync(path))
const missing = promtool === undefined ? ' (no promtool: Debian has it in `prometheus`)' : ''

const FILES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.promtool.yml'))
  .map((name) => join(import.meta.dirname, name))

function run(...given: string[]): string {
  try {
    return execFileSync(promtool ?? '', given, { encoding: 'utf8', stdio: 'pipe' })
  } catch (thrown) {
    const { stdout, stderr } = thrown as { stdout?: string; stderr?: string }
    throw new Error(`${stdout}${stderr}`)
  }
}

describe.skipIf(missing)(`what Prometheus itself says${missing}`, () => {
  it('each rule of docs/grafana tells of its trouble, and none of a Helix that is well', () => {
    expect(run('test', 'rules', ...FILES).match(/SUCCESS/g)).toHaveLength(FILES.length)
  })

  it('the rules are whole, and every expression of the dashboard can be evaluated', () => {
    const count = RULES.match(/^ {6}- alert: /gm)?.length
    expect(run('check', 'rules', 'docs/grafana/alerts.yml')).toContain(`SUCCESS: ${count} rules found`)
    const folder = mkdtempSync(join(tmpdir(), 'helix-rules-'))
    const rules = dashboardExpressions.map((expression, number) => ({
      record: `panel:${number}`,
      expr: expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'),
    }))
    writeFileSync(join(folder, 'panels.yml'), stringify({ groups: [{ name: 'panels', rules }] }))
    try {
      expect(rules.length).toBeGreaterThan(30)
      expect(run('check', 'rules', join(folder, 'panels.yml'))).toContain(`SUCCESS: ${rules.length} rules`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('each rule has a test that it tells, and one that it does not', () => {
  const tests = FILES.map((path) => readFileSync(path, 'utf8')).join('\n')
  for (const [, name] of RULES.matchAll(/^ {6}- alert: (\w+)/gm)) {
    expect(tests).toMatch(new RegExp(`alertname: ${name}\\n`))
    expect(tests).toMatch(new RegExp(`alertname: ${name}, .*exp_alerts: \\[\\]`))
  }
})
