import { expect, it } from 'vitest'
import { READ } from '../../src/monitor/reading.ts'
import { readPage } from '../docs/pages.ts'
import { startTestGateway } from '../support/gateway.ts'
import { DASHBOARD, dashboardExpressions, RULES, ruleExpressions } from '../support/grafana.ts'

/** Every expression of both. */
const expressions = [...dashboardExpressions, ...ruleExpressions]

it('the dashboard and the rules of docs/grafana ask for series that a gateway has, by labels that these have', async () => {
  const gateway = await startTestGateway({ engine: 'pglite', environment: { HELIX_METRICS_PORT: '0' } })
  const text = await (await fetch(gateway.running.metricsUrl ?? '')).text()
  await gateway.close()
  const known = new Set([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name]) => name ?? ''))
  const labels = new Map(
    [...readPage('docs/monitoring.md').matchAll(/^\| `(helix_\w+)` \| \w+ \| (.*?) \|/gm)].map(
      ([, name, listed = '']) => [name, [...listed.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
    ),
  )
  const asked = expressions.flatMap((text) =>
    [...text.matchAll(/\b((?:helix|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(([, name = '', by = '']) => ({
      name: known.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''),
      by: [...by.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label]) => label),
    })),
  )
  expect(asked.length).toBeGreaterThan(50)
  expect(asked.filter(({ name }) => !known.has(name))).toEqual([])
  const common = ['instance', 'le']
  const odd = asked.filter(
    ({ name, by }) => !by.every((label) => common.includes(label ?? '') || labels.get(name)?.includes(label)),
  )
  expect(odd.filter(({ name }) => name.startsWith('helix_'))).toEqual([])
  const read = Object.values(READ).map((name) => name.replace(/_bucket$/, ''))
  expect(
    read.filter((name) => !known.has(name)),
    'what the monitor reads',
  ).toEqual([])
})

it('every series of Helix is on the dashboard or in a rule', () => {
  const told = [...readPage('docs/monitoring.md').matchAll(/^\| `(helix_\w+)` \|/gm)].map(
    ([, name = '']) => name,
  )
  const asked = expressions.join('\n')
  const missing = told.filter((name) => !new RegExp(`\\b${name}(?:_bucket|_count|_sum)?\\b`).test(asked))
  expect(missing).toEqual([])
})

it('each rule says how bad it is, what happened, and which page helps', () => {
  const rules = RULES.split(/^ {6}- alert: /m).slice(1)
  expect(rules.length).toBeGreaterThan(10)
  for (const rule of rules) {
    expect(rule).toMatch(/labels: \{ severity: (?:warning|critical) \}/)
    expect(rule).toMatch(/summary: ./)
    expect(() => readPage(/runbook: (\S+)/.exec(rule)?.[1] ?? 'none')).not.toThrow()
  }
})

it('no panel lies on another', () => {
  const { panels } = JSON.parse(DASHBOARD) as {
    panels: { title: string; gridPos: Record<'x' | 'y' | 'w' | 'h', number> }[]
  }
  for (const one of panels)
    for (const other of panels) {
      if (one === other) continue
      const [a, b] = [one.gridPos, other.gridPos]
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y
      expect(apart, `${one.title} and ${other.title}`).toBe(true)
    }
})
