import type { Database } from '../../db/database.ts'
import { HelixError } from '../../errors.ts'
import type { Accounts } from '../../signin/accounts.ts'
import { setBan } from '../../signin/admin/set.ts'
import { SignInError } from '../../signin/failure.ts'
import { parseNewEmail } from '../../signin/requests/body.ts'
import type { SupabaseAdmin } from '../../signin/supabase-admin.ts'

/** Until somebody lifts it, in ms: a hundred years, as Supabase's dashboard says it. */
const FOR_GOOD_MS = 876_000 * 3_600_000

/** Where people sign in: here, or at a Supabase project. */
export interface SignInHome {
  /** Closes a person's sign-in, or opens it again. @throws HelixError `signin_unavailable` */
  ban(userId: string, banned: boolean): Promise<void>
  /**
   * Mails somebody a link; resolves to who they became.
   * @throws HelixError `account_exists`, `rate_limited`, `mail_failed`, `signin_unavailable`
   */
  invite(email: string): Promise<string>
}

/** Bans of the built-in sign-in. */
export function builtInBan(db: Database): SignInHome['ban'] {
  return (userId, banned) =>
    db.transaction('gateway', (tx) => setBan(tx, userId, banned ? FOR_GOOD_MS : null))
}

/** The built-in sign-in, mails and all. */
export function builtInSignIn(
  db: Database,
  accounts: Pick<Accounts, 'invite'>,
  home: () => string,
): SignInHome {
  return {
    ban: builtInBan(db),
    async invite(email) {
      const invite = async () => accounts.invite({ email: parseNewEmail(email), data: {} }, home())
      return (await invite().catch(inOurWords)).id
    },
  }
}

/** A Supabase project. Without its key a suspension holds here alone, which is every route there is. */
export function supabaseSignIn(admin: SupabaseAdmin): SignInHome {
  return {
    ban: async (userId, banned) => {
      if (admin.hasKey) await admin.setBan(userId, banned ? FOR_GOOD_MS : null)
    },
    invite: (email) => admin.invite(email),
  }
}

/** What GoTrue's words mean in ours. */
function inOurWords(thrown: unknown): never {
  if (!(thrown instanceof SignInError)) throw thrown
  switch (thrown.code) {
    case 'email_exists':
    case 'user_already_exists':
      throw accountExists()
    case 'over_email_send_rate_limit':
      throw new HelixError('rate_limited', 'Too many mails went out lately', { hint: 'Try again later.' })
    case 'unexpected_failure':
      throw new HelixError('mail_failed', 'The invitation could not be sent', {
        hint: 'The log of the gateway says why; `helix doctor` checks the mail server.',
        next: ['helix doctor'],
      })
    default:
      throw new HelixError('request_invalid', thrown.message, { hint: 'Give another address.' })
  }
}

function accountExists(): HelixError {
  return new HelixError('account_exists', 'Somebody with this address has an account already', {
    hint: 'They can sign in, or ask for a new password.',
  })
}
