import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { BackupDeps } from '../../src/backup/create.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { directoryDestination } from '../../src/backup/destinations/directory.ts'
import type { S3Place } from '../../src/backup/destinations/s3-bucket.ts'
import { backupIdentities, backupRecipients } from '../../src/backup/keys.ts'
import type { Config } from '../../src/config/config.ts'
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

/** Where backups lie: a folder, a bucket, or a folder of another machine. */
export async function openDestination(context: Context, given: string | undefined): Promise<Destination> {
  const config = await context.config()
  const destination = await destinationOf(
    config,
    given ?? config.backup.to,
    given ? context.cwd : config.root,
  )
  context.onClose(() => destination.close())
  return destination
}

/** @param base what a folder is relative to: where it was typed, or the project */
async function destinationOf(config: Config, place: string | undefined, base: string): Promise<Destination> {
  if (place?.startsWith('s3://')) {
    const { s3Destination } = await import('../../src/backup/destinations/s3.ts')
    return s3Destination(s3Place(config, place))
  }
  if (place?.startsWith('ssh://')) {
    const { remoteDestination } = await import('../../src/backup/destinations/remote.ts')
    const { sshHost } = await import('../../src/shell/ssh.ts')
    const { hostname, port, username, pathname } = new URL(place)
    const host = username === '' ? hostname : `${username}@${hostname}`
    const reached = await sshHost({ host, ...(port === '' ? {} : { port: Number(port) }) })
    return remoteDestination(reached, decodeURIComponent(pathname), place)
  }
  return directoryDestination(place === undefined ? join(config.dataDir, 'backups') : resolve(base, place))
}

/** `s3://bucket/folder`, at the endpoint of the configuration. */
function s3Place({ s3 }: Config, place: string): S3Place {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(place) ?? []
  const { endpoint, region = 'us-east-1', accessKeyId, secretAccessKey } = s3
  if (endpoint && accessKeyId && secretAccessKey) {
    const name = bucket === '' ? (s3.bucket ?? '') : bucket
    return { endpoint, region, accessKeyId, secretAccessKey: secretAccessKey.reveal(), bucket: name, prefix }
  }
  throw new HelixError('config_invalid', `${place} needs an endpoint and a key`, {
    hint: 'Set S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.',
  })
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
  return { db, mode, dataDir, destination, recipients, key, signal: context.signal }
}
