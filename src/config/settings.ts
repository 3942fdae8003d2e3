import { claudeSettings } from './settings/claude.ts'
import { databaseSettings } from './settings/database.ts'
import { deploymentSettings } from './settings/deployment.ts'
import { discordSettings } from './settings/discord.ts'
import { peopleSettings } from './settings/people.ts'
import { processSettings } from './settings/process.ts'
import { type FileValues, flatten, type KeyedSetting, type Values } from './settings/setting.ts'

/** Every setting of Helix, each described once. */
export const settings = {
  ...processSettings,
  ...databaseSettings,
  ...claudeSettings,
  ...discordSettings,
  ...peopleSettings,
  ...deploymentSettings,
}

/** The same, as a list with their keys. */
export const allSettings: readonly KeyedSetting[] = flatten(settings)

/** The values of all settings. */
export type SettingValues = Values<typeof settings>

/** What `helix.config.ts` may hold: everything but secrets and what belongs to one process. */
export type ConfigFile = FileValues<Omit<typeof settings, 'environment'>>
