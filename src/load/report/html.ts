import type { Distribution, LoadResult, Second } from '../result.ts'
import { missed } from '../thresholds.ts'
import { escapeHtml, type Line, plotSvg } from './plot.ts'

/** A result as one page that loads nothing from anywhere. */
export function resultHtml(result: LoadResult): string {
  const { name, target, startedAt, seconds, times, generator } = result
  const plots = [
    plotSvg({
      title: 'Virtual users offered and answers, a second',
      lines: [
        perSecond('offered', 'a', seconds, 'offered'),
        perSecond('answered', 'b', seconds, 'answered'),
        perSecond('failed', 'c', seconds, 'failed'),
        perSecond('refused by limits', 'd', seconds, 'refused'),
      ],
      x: clock,
      y: { label: 'a second' },
    }),
    plotSvg({
      title: 'Response time, from when each request was meant to go out',
      lines: [
        perSecond('half within', 'a', seconds, 'p50'),
        perSecond('95 % within', 'd', seconds, 'p95'),
        perSecond('99 % within', 'c', seconds, 'p99'),
        ...(times.firstToken ? [perSecond('first words, 95 % within', 'b', seconds, 'firstTokenP95')] : []),
      ],
      x: clock,
      y: { label: 'ms' },
    }),
    plotSvg({
      title: 'Virtual users under way',
      lines: [perSecond('under way', 'a', seconds, 'open')],
      x: clock,
      y: { label: 'users' },
    }),
    plotSvg({
      title: 'How times are spread',
      lines: [
        ...curve('as meant', 'a', times.response),
        ...curve('as sent', 'b', times.service),
        ...curve('first words', 'd', times.firstToken),
      ],
      x: { label: 'share of requests', at: [0, 1, 2, 3, 4], tell: shareAt },
      y: { label: 'ms' },
    }),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(name)}: load test</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(name)}</h1>
<p>${escapeHtml(target)}, ${escapeHtml(startedAt)}${result.simulated ? ', simulated replies' : ''}${result.stopped ? ', stopped early' : ''}</p>
${generator.limited ? `<p class="warning">The generator was the limit: ${escapeHtml(generator.reasons.join('; '))}. Do not judge the target by this.</p>` : ''}
${facts(result)}
${thresholds(result)}
${plots.join('\n')}
${timesTable(result)}
${counts('Answers by status', result.requests.statuses)}
${counts('Failures', result.requests.failures)}
</main></body></html>
`
}

const clock = {
  label: 'time',
  tell: (value: number) => `${Math.floor(value / 60)}:${String(Math.round(value % 60)).padStart(2, '0')}`,
}

type Measure = Exclude<keyof Second, 'started' | 'skipped' | 'ended' | 'sent'>

function perSecond(name: string, kind: string, seconds: readonly Second[], measure: Measure): Line {
  return { name, kind, points: seconds.map((second, at) => [at, second[measure]]) }
}

/** Each step to the right is a tenth of what was left. */
function curve(name: string, kind: string, found: Distribution | null): Line[] {
  if (!found) return []
  const points = found.curve
    .filter(([percentile]) => percentile < 100)
    .map(([percentile, value]) => [-Math.log10(1 - percentile / 100), value] as const)
  return [{ name, kind, points }]
}

function shareAt(step: number): string {
  return step === 0 ? '0 %' : `${+(100 - 100 / 10 ** step).toFixed(2)} %`
}

function facts({ users, requests, rate, streams, goodput, generator }: LoadResult): string {
  const rows: [string, string][] = [
    ['Users offered', `${users.offered} (${rate.offered.toFixed(1)}/s)`],
    ['Users who began', `${users.started}${users.skipped > 0 ? `, ${users.skipped} over maxVusers` : ''}`],
    ['Users who came to the end', `${users.ended - users.failed}`],
    ['Answers', `${requests.answered} of ${requests.sent} (${rate.reached.toFixed(1)}/s)`],
    ['Failed', String(requests.failed)],
    ['Refused by limits', String(requests.refused)],
    ...(streams.started > 0
      ? [
          [
            'Streams',
            `${streams.complete} of ${streams.started} whole, ${streams.cut} cut, ${streams.stalls} stalls`,
          ] as [string, string],
        ]
      : []),
    ...(goodput.judged > 0 ? [['Goals met', `${goodput.met} of ${goodput.judged}`] as [string, string]] : []),
    [
      'Generator',
      `${(generator.cpuShare * 100).toFixed(0)} % of a processor, held up ${generator.loopLagP99Ms.toFixed(0)} ms at most in 99 %`,
    ],
  ]
  return `<table class="facts">${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`
}

function thresholds({ thresholds: all }: LoadResult): string {
  if (all.length === 0) return ''
  const rows = all.map(
    ({ what, got, ok, strict }) =>
      `<li class="${ok ? 'ok' : 'missed'}">${ok ? '✔' : '✖'} ${escapeHtml(what)}${got === null ? '' : `: ${got.toFixed(1)}`}${strict ? '' : ' (optional)'}</li>`,
  )
  return `<h2>Thresholds ${missed(all).length > 0 ? 'missed' : 'kept'}</h2><ul>${rows.join('')}</ul>`
}

function timesTable({ times }: LoadResult): string {
  const columns = ['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'max'] as const
  const named: [string, Distribution | null][] = [
    ['Response, as meant', times.response],
    ['Response, as sent', times.service],
    ['First words', times.firstToken],
    ['Between words', times.tokenGap],
    ['Late to begin', times.lateness],
  ]
  const rows = named.flatMap(([name, found]) =>
    found
      ? [
          `<tr><th scope="row">${name}</th>${columns.map((column) => `<td>${found[column].toFixed(1)}</td>`).join('')}</tr>`,
        ]
      : [],
  )
  const head = columns.map((column) => `<th scope="col">${column.replace('999', '99.9')}</th>`).join('')
  return `<h2>Times, in ms</h2><div class="wide"><table><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function counts(title: string, found: Record<string, number>): string {
  const rows = Object.entries(found).map(
    ([name, count]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${count}</td></tr>`,
  )
  return rows.length === 0 ? '' : `<h2>${title}</h2><table>${rows.join('')}</table>`
}

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --grid: #d8dee4; --page: #fff;
  --a: #0b62c4; --b: #1a7f37; --c: #cf222e; --d: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9198a1; --grid: #30363d; --page: #0d1117;
  --a: #58a6ff; --b: #3fb950; --c: #ff7b72; --d: #d29922 } }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 900px; margin: 0 auto; padding: 24px 16px 64px }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 32px 0 8px }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--grid) }
th[scope=row], .facts td { text-align: left; font-weight: 500 }
figure { margin: 32px 0 0 } figcaption { font-weight: 600 } svg { width: 100%; height: auto }
.grid { stroke: var(--grid) } .tick { fill: var(--soft); font-size: 12px }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.line.a { stroke: var(--a) } .line.b { stroke: var(--b) } .line.c { stroke: var(--c) } .line.d { stroke: var(--d) }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--soft) }
.key i { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle }
i.a { background: var(--a) } i.b { background: var(--b) } i.c { background: var(--c) } i.d { background: var(--d) }
.warning { border-left: 4px solid var(--d); padding: 8px 12px } .ok { color: var(--b) } .missed { color: var(--c) }
ul { list-style: none; padding: 0 }`
