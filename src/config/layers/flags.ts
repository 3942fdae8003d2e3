import { allSettings } from '../settings.ts'
import type { Layer } from './layer.ts'

/** What the command line may say about the configuration; what is undefined was not said. */
export interface ConfigFlags {
  env?: string | undefined
  port?: string | number | undefined
  host?: string | undefined
  socket?: string | undefined
  dataDir?: string | undefined
  url?: string | undefined
}

/** The layer of the command line. */
export function flagLayer(flags: ConfigFlags): Layer {
  const given = new Map<string, unknown>(Object.entries(flags).filter(([, value]) => value !== undefined))
  return new Map(
    allSettings
      .filter(({ flag }) => flag !== undefined && given.has(flag))
      .map(({ key, flag = '' }) => [
        key,
        { value: given.get(flag), source: { layer: 'flag', at: `--${kebab(flag)}` } },
      ]),
  )
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
