import { hideSecrets } from '../audit/redact.ts'
import type { Config } from './config.ts'
import { valueAt } from './nest.ts'
import { withoutCredentials } from './problems.ts'
import { Secret } from './secret.ts'
import { allSettings } from './settings.ts'

/** One setting as it is in force, safe to show: a secret is only said to be set. */
export interface ShownSetting {
  key: string
  /** null while unset. */
  value: unknown
  source: string
}

/** Every setting in force, in the order of the manual. */
export function showSettings(config: Config): ShownSetting[] {
  return allSettings.map(({ key }) => ({
    key,
    value: shownValue(valueAt(config, key)),
    source: config.sources[key]?.at ?? 'default',
  }))
}

function shownValue(value: unknown): unknown {
  if (value instanceof Secret) return String(value)
  return typeof value === 'string' ? hideSecrets(withoutCredentials(value)) : (value ?? null)
}
