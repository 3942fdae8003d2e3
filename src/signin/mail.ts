import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { LinkType } from './links.ts'
import { replacePrivateFile } from './private-file.ts'

/** One mail that carries a one-time link. Never log it: who has the link is signed in. */
export interface Mail {
  to: string
  kind: LinkType
  subject: string
  text: string
  link: string
}

export interface Mailer {
  /** Resolves once the mail is handed over for good. */
  send(mail: Mail): Promise<void>
}

/** Puts mails into `<dataDir>/mail/` (0600) instead of sending them: the latest of each kind for each address. */
export function createMailFolder(dataDir: string): Mailer {
  return {
    async send(mail) {
      const content = { ...mail, writtenAt: new Date().toISOString() }
      await replacePrivateFile(mailPath(dataDir, mail), `${JSON.stringify(content, null, 2)}\n`)
    },
  }
}

/** Where the latest mail of this kind to this address is, if there is one. */
export function mailPath(dataDir: string, { to, kind }: Pick<Mail, 'to' | 'kind'>): string {
  const name = createHash('sha256').update(to.toLowerCase()).digest('hex').slice(0, 32)
  return join(dataDir, 'mail', `${kind}-${name}.json`)
}

/** The mail that asks a new person to confirm their address. */
export function confirmationMail(to: string, link: string): Mail {
  return {
    to,
    kind: 'signup',
    subject: 'Confirm your e-mail address',
    text: `Open this link to confirm your address and sign in. It works once, for 24 hours:\n\n${link}\n`,
    link,
  }
}
