import { join, resolve } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import { runningUp } from '../../src/client/node/run-file.ts'
import type { Config } from '../../src/config/config.ts'
import type { ChangeMaintenance, MaintenanceState } from '../../src/contract/maintenance.ts'
import type { Database } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { Setting } from '../../src/maintenance/setting.ts'
import type { Context } from '../context.ts'
import type { PlaceInput } from './options.ts'

/** Where a setting was made or read. */
export type Where = 'gateway' | 'database' | 'file'

/** Maintenance as it is set in one place. */
export interface Placed {
  where: Where
  /** Null where there is none. */
  state: (Omit<MaintenanceState, 'bypass'> & { bypass: Pass | null }) | null
  changed: boolean
}

/** How an operator passes; the link begins with the address of a gateway where one is known. */
type Pass = NonNullable<MaintenanceState['bypass']>

/** One place where maintenance can be set and read. */
export interface Place {
  set(change: ChangeMaintenance): Promise<Placed>
  read(): Promise<Placed>
}

/**
 * Where the command line means: the file, if it says so; the gateway that `--url` names; else the database of the
 * configuration, or the file where the database does not answer or another process has it; else a gateway one is
 * signed in to.
 */
export async function placeOf(context: Context, { file }: PlaceInput): Promise<Place> {
  const config = await context.config()
  if (file !== undefined) return filePlace(context, config, file)
  if (context.url !== undefined) return gatewayPlace(context)
  if (config.mode === 'embedded' && !(await isHere(config))) return gatewayPlace(context)
  try {
    const db = await context.existingDatabase()
    return db ? databasePlace(db, config) : gatewayPlace(context)
  } catch (error) {
    if (!(error instanceof HelixError) || !AWAY.has(error.code)) throw error
    context.say(`${error.message}; so it is done by file, for the gateways of this machine.`)
    return filePlace(context, config, true)
  }
}

const AWAY = new Set(['database_unreachable', 'data_dir_in_use'])

/** An embedded database belongs to this machine, unless a gateway elsewhere was named. */
async function isHere({ dataDir, client }: Config): Promise<boolean> {
  if (await runningUp(dataDir)) return true
  const { hasCluster } = await import('../../src/db/pglite/cluster.ts')
  return client.url === undefined && hasCluster(dataDir)
}

/** The link as it can be opened, where the address of a gateway is known. */
export function linked(state: NonNullable<Placed['state']>, host: string | undefined) {
  const { bypass } = state
  const link = bypass?.link.startsWith('/') && host ? host + bypass.link : bypass?.link
  return { ...state, bypass: bypass && link ? { ...bypass, link } : null }
}

async function filePlace(context: Context, config: Config, file: string | true): Promise<Place> {
  const { maintenancePath, readFileSetting } = await import('../../src/maintenance/file.ts')
  const path = file === true ? maintenancePath(config) : resolve(context.cwd, file)
  const journal = join(config.dataDir, 'journal.jsonl')
  return {
    async set(change) {
      const { setInFile } = await import('../../src/maintenance/set.ts')
      const result = await setInFile({ path, journal }, change, typist())
      return placed('file', result.setting, result.changed)
    },
    read: async () => placed('file', await readFileSetting(path), false),
  }
}

async function databasePlace(db: Database, config: Config): Promise<Place> {
  const { maintenancePath, readFileSetting } = await import('../../src/maintenance/file.ts')
  const { later } = await import('../../src/maintenance/setting.ts')
  const { readRow } = await import('../../src/maintenance/row.ts')
  const known = () => readFileSetting(maintenancePath(config)).catch(() => undefined)
  return {
    async set(change) {
      const { setInDatabase } = await import('../../src/maintenance/set.ts')
      const result = await setInDatabase(db, change, { actor: typist(), known: await known() })
      return placed('database', result.setting, result.changed)
    },
    read: async () => placed('database', later(await readRow(db), await known()), false),
  }
}

async function gatewayPlace(context: Context): Promise<Place> {
  const { client } = await context.gateway()
  const path = '/api/admin/maintenance'
  const answered = (state: MaintenanceState, changed: boolean): Placed => ({
    where: 'gateway',
    state: state.active ? state : null,
    changed,
  })
  return {
    async set(change) {
      const before = await client.http.json<MaintenanceState>(path)
      if (!before.active && !change.active) return answered(before, false)
      return answered(await client.http.json<MaintenanceState>(path, { method: 'PUT', body: change }), true)
    },
    read: async () => answered(await client.http.json<MaintenanceState>(path), false),
  }
}

async function placed(where: Where, setting: Setting | undefined, changed: boolean): Promise<Placed> {
  const { inForce } = await import('../../src/maintenance/setting.ts')
  const { makeBypass } = await import('../../src/maintenance/bypass.ts')
  const now = new Date()
  const current = inForce(setting, now)
  if (current === null) return { where, state: null, changed }
  const { at: _, key: __, ...told } = current
  const { token, expiresAt } = makeBypass(current, now)
  const bypass = { link: `/maintenance/${token}`, token, expiresAt: expiresAt.toISOString() }
  return { where, state: { ...told, bypass }, changed }
}
