import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HelixError } from '../errors.ts'
import type { Files } from '../files.ts'

interface KeyDeps {
  dataDir: string
  /** age1… of the configuration. */
  recipients: readonly string[]
  files: Pick<Files, 'create'>
  /** Told the file of the key when one is made here. */
  onMade(path: string): void
}

/** Where a key pair is kept that Helix made itself. */
function ownKeyPath(dataDir: string): string {
  return join(dataDir, 'backup-key.txt')
}

/**
 * Whom backups are encrypted to: the recipients of the configuration, else a key of this installation, made now where
 * there is none.
 * @throws HelixError `config_invalid` for a recipient that is none of age's
 */
export async function backupRecipients({ dataDir, recipients, files, onMade }: KeyDeps): Promise<string[]> {
  const age = await import('age-encryption')
  if (recipients.length > 0) {
    for (const recipient of recipients) assertRecipient(age, recipient)
    return [...recipients]
  }
  const path = ownKeyPath(dataDir)
  if ((await readIdentities(path)).length === 0) {
    const identity = await age.generateX25519Identity()
    const made = `# Opens the backups of this Helix. Keep a copy away from this machine: without it no backup can be read.\n# public key: ${await age.identityToRecipient(identity)}\n${identity}\n`
    await files.create(path, made)
    onMade(path)
  }
  return Promise.all((await readIdentities(path)).map((each) => age.identityToRecipient(each)))
}

function assertRecipient({ Encrypter }: typeof import('age-encryption'), recipient: string): void {
  try {
    new Encrypter().addRecipient(recipient)
  } catch (cause) {
    throw new HelixError(
      'config_invalid',
      `${JSON.stringify(recipient.slice(0, 100))} is no recipient of age`,
      {
        hint: 'backup.recipients takes public keys as age-keygen prints them: age1…',
        cause,
      },
    )
  }
}

/** The private keys at hand: of the file named, else of this installation's own. */
export async function backupIdentities(dataDir: string, given?: string): Promise<string[]> {
  const path = given ?? ownKeyPath(dataDir)
  const identities = await readIdentities(path)
  if (identities.length > 0) return identities
  throw new HelixError('precondition_failed', `There is no private key for backups in ${path}`, {
    hint: 'Give the private key of one of the recipients: --identity <file>, as age-keygen writes it.',
    details: { path },
  })
}

/** The identities of a file as age-keygen writes it; none where there is no file. */
async function readIdentities(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
}
