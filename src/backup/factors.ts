import type { Mode } from '../config/mode.ts'
import type { Transaction } from '../db/database.ts'
import { factorKeyIn } from '../signin/keys.ts'
import { createSecretBox } from '../signin/mfa/secret-box.ts'

interface Move {
  from: Mode
  to: Mode
  /** The keys of the installation the rows are from, by the names of their files. */
  files: ReadonlyMap<string, Buffer>
}

/**
 * Second factors as the sign-in of their new place reads them: Supabase's takes a secret as it is, where Helix's own locks
 * it with its keys. The other way nothing can be done: what Supabase locked, it alone opens.
 * @throws HelixError `precondition_failed` where the keys that came along do not open them
 */
export async function unlockFactors(tx: Transaction, { from, to, files }: Move): Promise<void> {
  if (to !== 'supabase' || from === 'supabase') return
  const text = files.get('keys.json')?.toString()
  if (text === undefined) return
  const box = createSecretBox(Buffer.from(factorKeyIn(text).reveal(), 'base64url'))
  const rows = await tx.query<{ id: string; secret: string }>(
    'select id::text as id, secret from auth.mfa_factors where secret is not null',
  )
  for (const { id, secret } of rows)
    await tx.query('update auth.mfa_factors set secret = $2 where id = $1::uuid', [id, box.open(secret, id)])
}
