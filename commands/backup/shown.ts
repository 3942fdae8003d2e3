import type { ListedBackup } from '../../src/backup/list.ts'
import type { Manifest } from '../../src/backup/manifest.ts'
import { rowsOf } from '../../src/backup/restore.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** A size as people read it: `3.4 MB`. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[power]}`
}

/** A backup as `--json` shows it. */
export function summary(manifest: Manifest) {
  const { id, at, reason, mode, helix, schema, chain, archive } = manifest
  const { name, bytes, recipients } = archive
  return {
    id,
    at,
    reason,
    mode,
    helix,
    schema: schema.version,
    chain,
    rows: rowsOf(manifest),
    bytes,
    archive: name,
    recipients,
  }
}

/** The same of a listed one, with what is wrong with it. */
export function listed({ id, manifest, damage }: ListedBackup) {
  return { ...(manifest ? summary(manifest) : { id }), damage: damage ?? null }
}
