import type { Database } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { OWNER_EMAIL } from '../signin/reserved.ts'
import { readCreator } from './creator.ts'

/**
 * The person this installation belongs to when the configuration names none: made at the first call, without a
 * password, and the same ever after, also when two processes begin together. Resolves to their user id.
 */
export async function ensureOwner(db: Database): Promise<string> {
  return db.transaction('gateway', async (tx) => {
    const known = await readCreator(tx)
    if (known) return known
    await tx.query(
      `insert into auth.users
        (aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
      values ('authenticated', 'authenticated', $1, '', now(), '{"provider":"email","providers":["email"]}', '{}')
      on conflict (email) where is_sso_user = false do nothing`,
      [OWNER_EMAIL],
    )
    await tx.query(
      `insert into public.settings (key, value)
      select 'creator_id', to_jsonb(id::text) from auth.users where email = $1 and not is_sso_user
      on conflict (key) do nothing`,
      [OWNER_EMAIL],
    )
    const created = await readCreator(tx)
    if (!created) throw new HelixError('internal', 'The owner of this installation could not be written down')
    return created
  })
}
