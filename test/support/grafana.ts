import { readFileSync } from 'node:fs'

export const DASHBOARD = readFileSync('docs/grafana/helix.json', 'utf8')
export const RULES = readFileSync('docs/grafana/alerts.yml', 'utf8')

/** Every expression of the dashboard, without the marks of JSON. */
export const dashboardExpressions = [...DASHBOARD.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
  ([, text = '']) => JSON.parse(text) as string,
)

/** Every expression of the alert rules. */
export const ruleExpressions = [...RULES.matchAll(/ {8}expr: (?:\|\n((?: {10}.*\n)+)|(.*)\n)/g)].map(
  ([, block, line]) => block ?? line ?? '',
)
