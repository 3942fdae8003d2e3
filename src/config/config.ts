import type { Source } from './layers/layer.ts'
import type { Mode } from './mode.ts'
import type { Notice } from './problems.ts'
import type { Secret } from './secret.ts'
import type { SettingValues } from './settings.ts'

/** The configuration in force, frozen: every setting under its key, what follows from them, and where they came from. */
export interface Config extends SettingValues {
  /** Project root; every path of the configuration is absolute. */
  readonly root: string
  readonly configFile: string | undefined
  /** Name of the environment, as in `.env.<env>`. */
  readonly env: string
  readonly production: boolean
  readonly mode: Mode
  /** Connection string of the mode's database; undefined when embedded. */
  readonly connection: Secret | undefined
  /** Whether Claude is simulated. */
  readonly simulated: boolean
  /** What was found that stops nothing, in the order it was found. */
  readonly notices: readonly Notice[]
  /** Source of every setting, by its key. */
  readonly sources: Readonly<Record<string, Source>>
}
