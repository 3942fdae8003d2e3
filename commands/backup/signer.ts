import { z } from 'zod'
import { parseVerifier } from '../../src/audit/checkpoints/note.ts'
import type { Destination } from '../../src/backup/destinations/destination.ts'
import { findBackup } from '../../src/backup/list.ts'
import type { Manifest } from '../../src/backup/manifest.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { option } from '../define.ts'
import { auditKeys } from '../keys/names.ts'

/** The option that says whose backup it must be. */
export const signedByOption = option(
  '--signed-by <key>',
  'the key that must have signed it, as `helix keys show audit` prints it',
  z.string().min(1).optional(),
)

/**
 * The backup of this name, by whoever must have signed it. Without `signedBy` that is told where it was none of this
 * machine's keys: whoever may write to a place can sign with a key of their own.
 * @throws HelixError those of `findBackup`, `backup_damaged` also where another key signed it, `usage` for no key
 */
export async function findSigned(
  context: Context,
  destination: Destination,
  { backup, signedBy }: { backup: string; signedBy: string | undefined },
): Promise<Manifest> {
  const wanted = signedBy === undefined ? undefined : hex(parseVerifier(signedBy))
  const manifest = await findBackup(destination, backup, ({ id, damage }) =>
    context.say(`${id} was passed over: ${damage}`),
  )
  const { key } = manifest.signature
  if (wanted !== undefined && wanted !== key) throw byAnother(manifest, wanted)
  const own = await (await auditKeys(context)).read()
  if (wanted === undefined && !own.map(hex).includes(key))
    context.note(`${manifest.id} was signed by ${key}, which is no key of this machine (--signed-by)`)
  return manifest
}

const hex = ({ publicKey }: { publicKey: Buffer }) => publicKey.toString('hex')

function byAnother({ id, signature }: Manifest, wanted: string): HelixError {
  return new HelixError(
    'backup_damaged',
    `The backup ${id} was signed by ${signature.key}, not by ${wanted}`,
    {
      hint: 'Somebody else made it, or changed what it says. Use another: helix backup list.',
      next: ['helix backup list'],
      details: { signedBy: signature.key },
    },
  )
}
