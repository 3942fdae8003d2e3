import type { ConfigFile } from './settings.ts'

/** Gives `helix.config.ts` its types; returns its argument. */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config
}
