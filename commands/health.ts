import { z } from 'zod'
import { HelixError } from '../src/errors.ts'
import type { HostHealth } from '../src/health/host-health.ts'
import type { Context } from './context.ts'
import { defineCommand, option } from './define.ts'
import { knownGateways } from './gateway-hosts.ts'
import { type AlertSent, tellChanges } from './health/alert.ts'
import { hostOption } from './health/options.ts'
import { type Published, publishStatus } from './health/publish.ts'
import { healthLines } from './health/shown.ts'

const seconds = (least: number, most: number) => z.coerce.number().min(least).max(most)

export default defineCommand({
  examples: [
    ['helix health', 'ask the gateway how it is'],
    [
      'helix health --quiet --env production',
      'from cron: speaks only when something is wrong, and exits with 1',
    ],
    ['helix health --host http://10.0.0.5:3000 http://10.0.0.6:3000', 'ask these two'],
    ['helix health install --env production', 'have it done every five minutes'],
  ],
  description:
    'Asks each gateway’s /health over the address people use, and looks at what it says of database, Claude, Discord ' +
    'and heartbeat, how long it took, and when the certificate ends. What is wrong is looked at three times before it ' +
    'is believed. A change is posted to #helix-alerts, straight to its webhook, so also when no gateway runs; what was ' +
    'told once is not told again. Where deploy.status names machines with a copy of the status page, that is told, too. Exits with 1 unless all are well; planned maintenance is well.',
  options: {
    host: hostOption,
    quiet: option('-q, --quiet', 'print nothing while all is well', z.boolean().default(false)),
    alert: option('--no-alert', 'only look; tell nobody', z.boolean().default(true)),
    timeout: option('--timeout <seconds>', 'how long an answer may take', seconds(0.1, 120).default(10)),
    tries: option(
      '--tries <count>',
      'how often one is asked before it counts as not well',
      z.coerce.number().int().min(1).max(20).default(3),
    ),
    pause: option('--pause <seconds>', 'pause between those', seconds(0, 60).default(2)),
  },
  acts: ['health.alert.start', 'status.publish.start', 'file.write.start'],
  async run({ host, quiet, alert, timeout, tries, pause }, context) {
    const { thresholds } = await context.config()
    const hosts = await knownGateways(context, host, 'helix health')
    const { lookAt } = await import('../src/health/look.ts')
    const seen = await lookAt(hosts, {
      fetch: globalThis.fetch,
      timeoutMs: timeout * 1_000,
      tries,
      pauseMs: pause * 1_000,
      slowMs: thresholds.responseMs,
      signal: context.signal,
    })
    if (!alert) return { quiet, hosts: seen, alerts: [], published: [] }
    const [alerts, published] = await Promise.all([tellChanges(seen, context), publishStatus(seen, context)])
    return { quiet, hosts: seen, alerts, published }
  },
  verdict: ({ hosts, alerts, published }) => unwell(hosts) ?? untold(alerts) ?? unpublished(published),
  view({ quiet, hosts, alerts, published }, context: Context) {
    const shown = quiet ? hosts.filter(({ ok }) => !ok) : hosts
    const lines = [
      ...shown.flatMap((one) => healthLines(one, context.colour)),
      ...alertLines(alerts, quiet),
      ...publishedLines(published, quiet),
    ]
    return lines.length === 0 ? undefined : lines.join('\n')
  },
})

function alertLines(alerts: readonly AlertSent[], quiet: boolean): string[] {
  return alerts.flatMap(({ host, messageId, problem }) => {
    if (problem !== null) return [`  ${host}: #helix-alerts was not told: ${problem}`]
    return quiet ? [] : [`  ${host}: #helix-alerts was told (message ${messageId})`]
  })
}

function publishedLines(published: readonly Published[], quiet: boolean): string[] {
  return published.flatMap(({ host, changed, problem }) => {
    if (problem !== null) return [`  ${host}: the status page was not told: ${problem}`]
    return quiet ? [] : [`  ${host}: the status page was told${changed ? '' : ' that nothing changed'}`]
  })
}

function unwell(hosts: readonly HostHealth[]): HelixError | undefined {
  const bad = hosts.filter(({ ok }) => !ok)
  if (bad.length === 0) return undefined
  const names = bad.map(({ host, problems }) => `${host} (${problems.map(({ part }) => part).join(', ')})`)
  return new HelixError('findings', `Not well: ${names.join('; ')}`, {
    hint: 'docs/monitor.md says what each means; the log of the gateway says more.',
    next: ['helix logs --since 15m --level warn', 'helix doctor'],
    details: { hosts: bad.map(({ host }) => host) },
  })
}

function untold(alerts: readonly AlertSent[]): HelixError | undefined {
  const failed = alerts.find(({ problem }) => problem !== null)
  if (!failed) return undefined
  return new HelixError('discord_failed', `#helix-alerts could not be told: ${failed.problem}`, {
    hint: 'It is told at the next run; `helix discord status` looks at the webhooks.',
    next: ['helix discord status'],
  })
}

function unpublished(published: readonly Published[]): HelixError | undefined {
  const failed = published.find(({ problem }) => problem !== null)
  if (!failed) return undefined
  return new HelixError('host_failed', `The status page could not be told: ${failed.problem}`, {
    hint: 'It is told at the next run. Its machine is prepared by helix server setup --status.',
  })
}
