import type { Report } from './problems.ts'
import type { SettingValues } from './settings.ts'

const NOWHERE_TO_WAIT_FOR = {
  source: 'HELIX_AUDIT_MODE',
  message: 'strict waits for Discord to have each call of Claude, and there is no webhook for them',
  fix: 'Set DISCORD_WEBHOOK_API or DISCORD_WEBHOOK_URL, or HELIX_AUDIT_MODE=durable.',
}

/** Reports a stand-in for Discord where the real one is meant. */
export function checkDiscord({ discord, audit }: SettingValues, production: boolean, report: Report): void {
  if (audit.mode === 'strict' && !discord.webhooks.api && !discord.webhook)
    report.problem(NOWHERE_TO_WAIT_FOR)
  if (discord.api === undefined || !production) return
  report.problem({
    source: 'HELIX_DISCORD_API',
    message: 'in production nothing stands in for Discord',
    fix: 'Remove HELIX_DISCORD_API.',
  })
}
