import type { Transaction } from '../db/database.ts'
import type { AccountsDeps, Onward } from './deps.ts'
import { openFlow } from './flow-state.ts'
import type { Mail, MailKind } from './mail/mail.ts'
import { composeMail } from './mail/templates.ts'
import { createOneTimeToken, type OneTimeToken, type Purpose, type TokenType } from './one-time-tokens.ts'

/** Each kind of mail: the token it carries, the column that says when it was sent, and what its link calls itself. */
const MAILS = {
  signup: { type: 'confirmation_token', sentAt: 'confirmation_sent_at', link: 'signup' },
  magiclink: { type: 'recovery_token', sentAt: 'recovery_sent_at', link: 'magiclink' },
  recovery: { type: 'recovery_token', sentAt: 'recovery_sent_at', link: 'recovery' },
  invite: { type: 'confirmation_token', sentAt: 'confirmation_sent_at', link: 'invite' },
  email_change_current: {
    type: 'email_change_token_current',
    sentAt: 'email_change_sent_at',
    link: 'email_change',
  },
  email_change_new: { type: 'email_change_token_new', sentAt: 'email_change_sent_at', link: 'email_change' },
  reauthentication: {
    type: 'reauthentication_token',
    sentAt: 'reauthentication_sent_at',
    link: 'reauthentication',
  },
} as const satisfies Record<MailKind, { type: TokenType; sentAt: string; link: Purpose }>

export interface Recipient {
  userId: string
  email: string
}

/** What a mail needs of the rest. */
export type MailDeps = Pick<AccountsDeps, 'keys' | 'origin'>

/** A link and a code that have been made, before anyone was sent them. */
export interface MailedToken extends OneTimeToken {
  url: string
}

/** Makes the link and the code of one kind of mail. `purpose` says it where a mail has another than its kind. */
export async function makeMailedToken(
  tx: Transaction,
  { keys, origin }: MailDeps,
  kind: MailKind,
  { userId, email }: Recipient,
  { redirectTo, flowId, purpose }: { redirectTo: string; flowId: string | null; purpose?: Purpose },
): Promise<MailedToken> {
  const { type, sentAt, link: calledAs } = MAILS[kind]
  await tx.query(`update auth.users set ${sentAt} = now(), updated_at = now() where id = $1`, [userId])
  const token = await createOneTimeToken(tx, keys, {
    type,
    purpose: purpose ?? calledAs,
    userId,
    email,
    flowId,
  })
  const query = new URLSearchParams({ token: token.link, type: calledAs, redirect_to: redirectTo })
  return { ...token, url: `${origin()}/auth/v1/verify?${query}` }
}

/** Makes the mail of one kind, and the flow that waits for it where there is one. */
export async function makeMail(
  tx: Transaction,
  deps: MailDeps,
  kind: MailKind,
  recipient: Recipient,
  { redirectTo, challenge }: Onward,
  purpose: Purpose = MAILS[kind].link,
): Promise<Mail> {
  const flowId = challenge && (await openFlow(tx, recipient.userId, purpose, challenge))
  const { url, code } = await makeMailedToken(tx, deps, kind, recipient, { redirectTo, flowId, purpose })
  return composeMail(kind, { to: recipient.email, link: url, code })
}
