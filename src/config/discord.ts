import type { Report } from './problems.ts'
import type { SettingValues } from './settings.ts'

/** Reports a stand-in for Discord where the real one is meant. */
export function checkDiscord({ discord }: SettingValues, production: boolean, report: Report): void {
  if (discord.api === undefined || !production) return
  report.problem({
    source: 'HELIX_DISCORD_API',
    message: 'in production nothing stands in for Discord',
    fix: 'Remove HELIX_DISCORD_API.',
  })
}
