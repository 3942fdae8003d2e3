import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { BackupDeps } from '../../src/backup/create.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import { backupIdentities, backupRecipients } from '../../src/backup/keys.ts'
import type { Database } from '../../src/db/database.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { option } from '../define.ts'
import { auditKeys } from '../keys/names.ts'

/** The option that names another place than the configuration's. */
export const placeOption = option(
  '--to <place>',
  'another place than `backup.to` says',
  z.string().min(1).optional(),
)
export const fromOption = option('--from <place>', 'another place than `backup.to` says', placeOption.schema)
export const identityOption = option(
  '--identity <file>',
  'private key that opens it, as age-keygen writes it',
  z.string().min(1).optional(),
)

/** Where backups lie. */
export async function openDestination(context: Context, given: string | undefined): Promise<Destination> {
  const { backup, dataDir, root } = await context.config()
  const place = given === undefined ? backup.to : resolveGiven(context, given)
  const destination = directoryDestination(
    place === undefined ? join(dataDir, 'backups') : resolve(root, place),
  )
  context.onClose(() => destination.close())
  return destination
}

/** What is typed is meant from where it is typed. */
function resolveGiven({ cwd }: Context, place: string): string {
  return resolve(cwd, place)
}

/** The private keys at hand. */
export async function identitiesOf(context: Context, given: string | undefined): Promise<string[]> {
  const { backup, dataDir } = await context.config()
  const file = given === undefined ? backup.identityFile : resolve(context.cwd, given)
  return backupIdentities(dataDir, file)
}

/** All that making a backup takes. */
export async function backupDeps(
  context: Context,
  db: Database,
  destination: Destination,
): Promise<BackupDeps> {
  const { mode, dataDir, backup } = await context.config()
  const recipients = await backupRecipients({
    ...{ dataDir, recipients: backup.recipients, files: context.log().files },
    onMade: (path) =>
      context.say(
        `A key that opens the backups was made: ${path}\nKeep a copy of it away from this machine: without it no backup can be read.`,
      ),
  })
  const [key] = await (await auditKeys(context)).readOrMake()
  if (key === undefined) throw new HelixError('config_invalid', 'There is no key to sign the backup with')
  return { db, mode, dataDir, destination, recipients, key }
}
