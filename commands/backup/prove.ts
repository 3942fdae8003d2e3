import { resolve } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { drill } from '../../src/backup/drill.ts'
import type { Manifest } from '../../src/backup/manifest.ts'
import { noteBackup } from '../../src/backup/records.ts'
import { asHelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { auditKeys } from '../keys/names.ts'
import { tellingWhatIsLeft } from '../stopped.ts'
import { identitiesOf } from './place.ts'

/** What a command must say that it does, to prove a backup. */
export const DRILL_ACTS = ['backup.drill.start', 'file.write.start'] as const

interface Wanted {
  identity: string | undefined
  /** Connection string of an empty database. */
  into?: string | undefined
  /** File the evidence is kept in, besides the place of the backup. */
  evidence?: string | undefined
}

/** Restores a backup into an empty database and keeps the evidence; written down before and after. */
export async function prove(
  context: Context,
  destination: Destination,
  manifest: Manifest,
  { identity, into, evidence }: Wanted,
) {
  const { dataDir } = await context.config()
  const identities = await identitiesOf(context, identity)
  const log = context.log()
  const [key] = await (await auditKeys(context)).readOrMake()
  if (key === undefined) throw new Error('a key store that makes its first key has one')
  const given = { destination, identities, actor: typist(), key, dataDir, into, signal: context.signal }
  const drilled = log.act(
    'backup.drill.start',
    { id: manifest.id, from: destination.name },
    () => drill(given, manifest, (table) => context.note(`Restoring ${table}`)),
    ({ rpoSeconds, restoreMs }) => ({ rpoSeconds, restoreMs }),
  )
  const proof = await tellingWhatIsLeft(drilled, context, () => ({
    message: `The drill was stopped: whether ${manifest.id} can be restored is not known`,
    hint: 'Nothing of what was restored is kept, and the backup is as it was.',
    next: ['backup', 'drill', manifest.id],
  }))
  if (evidence !== undefined) {
    await log.files.replace(resolve(context.cwd, evidence), `${JSON.stringify(proof, null, 2)}\n`)
  }
  // Where another machine proves it, its database is not the one whose age is watched.
  const db = await context.existingDatabase().catch((thrown) => {
    context.say(`That it was proved is not noted in the database: ${asHelixError(thrown).message}`)
    return undefined
  })
  if (db) await noteBackup(db, manifest, destination.name, proof)
  return proof
}
