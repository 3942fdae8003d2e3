import type { Report } from './problems.ts'
import { jwtRole, secretShape } from './secret-shapes.ts'
import type { SettingValues } from './settings.ts'

const DISCORD_HOST = /(^|\.)(discord|discordapp)\.com$/
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Reports valid values in the wrong place: keys of Supabase swapped, a webhook that is not Discord's. */
export function checkMixedUp(values: SettingValues, report: Report): void {
  checkSupabaseKeys(values, report)
  const { webhook, webhooks } = values.discord
  for (const [channel, url] of Object.entries({ all: webhook, ...webhooks })) {
    if (url === undefined) continue
    const { hostname } = new URL(url.reveal())
    if (!DISCORD_HOST.test(hostname) && !LOOPBACK.test(hostname)) warnOfHost(channel, hostname, report)
  }
}

function checkSupabaseKeys({ supabase: { anonKey, serviceRole } }: SettingValues, report: Report): void {
  const shape = anonKey && secretShape(anonKey)
  if (shape !== undefined) {
    report.problem({
      source: 'SUPABASE_ANON_KEY',
      message: `it is ${shape}, and every visitor would get it`,
      fix: 'Put the anon (publishable) key there, and consider the other one known: replace it.',
    })
  }
  if (serviceRole && jwtRole(serviceRole.reveal()) === 'anon') {
    report.warn({
      source: 'SUPABASE_SERVICE_ROLE',
      message: 'it is the anon key, which may do nothing that the service-role key may',
      fix: 'Copy the service-role key from Project Settings → API.',
    })
  }
}

function warnOfHost(channel: string, hostname: string, report: Report): void {
  report.warn({
    source: channel === 'all' ? 'DISCORD_WEBHOOK_URL' : `the Discord webhook of ${channel}`,
    message: `${hostname} is not a host of Discord`,
    fix: 'Copy the webhook again from the settings of its channel, unless that is meant.',
  })
}
