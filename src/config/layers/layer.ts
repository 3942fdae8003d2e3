/** Where a value came from, from the strongest to the weakest. */
type LayerName = 'flag' | 'environment' | 'env-file' | 'config-file' | 'default'

export interface Source {
  layer: LayerName
  /** As a person reads it: `PORT in .env.local:3`. */
  at: string
}

/** A value as it was written, not yet checked. */
export interface Found {
  value: unknown
  source: Source
  /** The environment variable that holds it, where one does. */
  name?: string
}

/** What one place says: key of the setting → value. */
export type Layer = ReadonlyMap<string, Found>

/** Text found under the name of an environment variable, in the process or in a file. */
export interface Variable {
  name: string
  value: string
  source: Source
}
