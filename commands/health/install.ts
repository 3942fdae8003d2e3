import { z } from 'zod'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { ownHosts } from '../../src/health/own-host.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import { gatewayHosts } from '../gateway-hosts.ts'
import { hostOption } from './options.ts'
import { healthSchedule, howOption } from './schedule.ts'

/** What divides an hour evenly, so that cron and systemd mean the same. */
const MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]
const minutes = z
  .string()
  .transform((text) => Number(text.replace(/ ?m(in)?$/, '')))
  .refine((value) => MINUTES.includes(value), `minutes that divide an hour: ${MINUTES.join(', ')}`)

export default defineCommand({
  examples: [
    ['helix health install --env production', 'look every five minutes'],
    ['helix health install --env production --dry-run', 'show what would be written'],
    ['helix health install --every 1m --with cron', 'every minute, by a line of your crontab'],
  ],
  description:
    'Has `helix health --quiet` run every few minutes: by a timer of your systemd where it runs, else by cron. Shows ' +
    'what it writes; run again it puts the new in place of the old. Best on another machine than the gateway’s: one ' +
    'that is down cannot say so.',
  options: {
    host: hostOption,
    every: option('--every <minutes>', 'how often', minutes.default(5)),
    how: howOption,
  },
  acts: ['health.install.start'],
  dryRun: true,
  async run({ host, every, how }, context) {
    const schedule = await healthSchedule(context, { hosts: host, everyMinutes: every, how })
    const hosts = await gatewayHosts(context, host)
    const there = await schedule.isThere()
    const result = { how: schedule.how, every, hosts, written: schedule.shown }
    const warnings = await warningsOf(hosts, context)
    if (!there && !context.dryRun) {
      const facts = { how: schedule.how, everyMinutes: every, hosts }
      await context.log('journal').act('health.install.start', facts, schedule.install)
    }
    const more = context.dryRun ? undefined : await schedule.warning()
    return { ...result, changed: !there, warnings: more === undefined ? warnings : [...warnings, more] }
  },
  view({ how, every, hosts, written, changed, warnings }, { colour, dryRun, env }: Context) {
    const state = dryRun ? '·' : colour.green(changed ? '+' : '✔')
    const what = how === 'cron' ? 'a line of your crontab' : 'a timer of your systemd'
    const undo = `helix health uninstall${env === undefined ? '' : ` --env ${env}`}`
    return [
      `${state} ${what}: every ${every} min${changed ? '' : ', as it was'}`,
      ...written.split('\n').map((line) => colour.dim(`    ${line}`.trimEnd())),
      hosts.length === 0 ? colour.yellow('No gateway is known yet.') : `It asks ${hosts.join(', ')}.`,
      ...warnings.map((warning) => colour.yellow(`! ${warning}`)),
      ...(dryRun ? [] : [colour.dim(`To undo it: ${undo}`)]),
    ].join('\n')
  },
})

async function warningsOf(hosts: readonly string[], context: Context): Promise<string[]> {
  const config = await context.config()
  const own = await ownHosts(hosts)
  const alerts = targetsOf(config).find(({ channel }) => channel === 'alerts')
  return [
    ...(own.length > 0
      ? [`${own.join(', ')} is this machine: when it is down, nobody is told. Install this on another.`]
      : []),
    ...(alerts?.address
      ? []
      : ['No webhook is set, so nobody is told in Discord: DISCORD_WEBHOOK_ALERTS, or helix discord setup.']),
  ]
}
