import { z } from 'zod'
import { HelixError } from '../../src/errors.ts'
import { type KeptMail, keptMails } from '../../src/signin/mail/folder.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import { argument, defineCommand } from '../define.ts'

export default defineCommand({
  description:
    'Without an SMTP server, mails of the built-in sign-in are files in the data directory that only its owner can ' +
    'read. This shows the newest one for an address: its link, and its code of six digits. Either signs in, once.',
  examples: [
    ['helix user link ada@example.com', 'the newest link and code for this address'],
    ['helix user link ada@example.com --json', 'the same, for a program'],
  ],
  arguments: { email: argument('<email>', 'the address the mail went to', z.string().min(3)) },
  async run({ email }, context): Promise<Pick<KeptMail, 'kind' | 'subject' | 'link' | 'code' | 'writtenAt'>> {
    const { dataDir, mail } = await context.config()
    const [newest] = await keptMails(dataDir, email)
    if (!newest) throw noMail(email, mail.smtpUrl !== undefined)
    const { kind, subject, link, code, writtenAt } = newest
    return { kind, subject, link, code, writtenAt }
  },
  view({ subject, link, code, writtenAt }, { note }) {
    note(`${safeText(subject)}, ${writtenAt}`)
    return [...(link ? [safeText(link)] : []), ...(code ? [`Code: ${safeText(code)}`] : [])].join('\n')
  },
})

function noMail(email: string, sent: boolean): HelixError {
  return new HelixError('not_found', `No mail for ${safeText(email)} is kept here`, {
    hint: sent
      ? 'An SMTP server is set, so mails go out and are not kept.'
      : 'Ask for one where you sign in; or look whether --env and the data directory are those of the gateway.',
  })
}
