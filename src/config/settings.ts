import { backupSettings } from './settings/backup.ts'
import { claudeSettings } from './settings/claude.ts'
import { databaseSettings } from './settings/database.ts'
import { deploymentSettings } from './settings/deployment.ts'
import { discordSettings } from './settings/discord.ts'
import { peopleSettings } from './settings/people.ts'
import { processSettings } from './settings/process.ts'
import { retentionSettings } from './settings/retention.ts'
import {
  type FileValues,
  flatten,
  type KeyedSetting,
  type SettingsTree,
  type Values,
} from './settings/setting.ts'

/** Every setting of Helix, each described once. */
export const settings = {
  ...processSettings,
  ...databaseSettings,
  ...claudeSettings,
  ...discordSettings,
  ...peopleSettings,
  ...retentionSettings,
  ...deploymentSettings,
  ...backupSettings,
}

/** The same by topic, in the order of the manual. */
export const topics: readonly { title: string; settings: readonly KeyedSetting[] }[] = [
  topic('Claude', claudeSettings),
  topic('Database and sign-in', databaseSettings),
  topic('People and limits', peopleSettings),
  topic('Retention', retentionSettings),
  topic('Discord and the audit chain', discordSettings),
  topic('Process', processSettings),
  topic('Deployment', deploymentSettings),
  topic('Backups', backupSettings),
]

/** The same as one list. */
export const allSettings: readonly KeyedSetting[] = topics.flatMap((each) => each.settings)

/** The values of all settings. */
export type SettingValues = Values<typeof settings>

/** What `helix.config.ts` may hold: everything but secrets and what belongs to one process. */
export type ConfigFile = FileValues<Omit<typeof settings, 'environment'>>

function topic(title: string, tree: SettingsTree) {
  return { title, settings: flatten(tree) }
}
