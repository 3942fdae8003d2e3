import type { Report } from './problems.ts'
import type { SettingValues } from './settings.ts'

/** Where acts are announced. */
const ANNOUNCING = ['api', 'commands', 'file-changes'] as const

function nowhereToWaitFor(channels: readonly string[]) {
  return {
    source: 'HELIX_AUDIT_MODE',
    message: `strict waits for Discord to have each act, and there is no webhook for ${channels.join(', ')}`,
    fix: 'Set DISCORD_WEBHOOK_URL or one for each (helix discord setup), or HELIX_AUDIT_MODE=durable.',
  }
}

/** Reports a stand-in for Discord where the real one is meant. */
export function checkDiscord({ discord, audit }: SettingValues, production: boolean, report: Report): void {
  const nowhere = discord.webhook ? [] : ANNOUNCING.filter((channel) => !discord.webhooks[channel])
  if (audit.mode === 'strict' && nowhere.length > 0) report.problem(nowhereToWaitFor(nowhere))
  if (discord.api === undefined || !production) return
  report.problem({
    source: 'HELIX_DISCORD_API',
    message: 'in production nothing stands in for Discord',
    fix: 'Remove HELIX_DISCORD_API.',
  })
}
