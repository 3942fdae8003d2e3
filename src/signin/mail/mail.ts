/** What a mail is for; one file a kind and address is kept where mails are not sent. */
export type MailKind =
  | 'signup'
  | 'magiclink'
  | 'recovery'
  | 'invite'
  | 'email_change_current'
  | 'email_change_new'
  | 'reauthentication'

/** One mail that carries a one-time link, a code, or both. Never log it: who has either is signed in. */
export interface Mail {
  to: string
  kind: MailKind
  subject: string
  text: string
  html: string
  /** Null where a code alone is of use. */
  link: string | null
  code: string
}

export interface Mailer {
  /** Whether mails can be handed over just now, as far as can be known without sending one; rejects when not. */
  check(): Promise<void>
  /** Resolves once the mail is handed over for good. */
  send(mail: Mail): Promise<void>
  close(): Promise<void>
}
