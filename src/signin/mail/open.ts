import type { Config } from '../../config/config.ts'
import type { Files } from '../../files.ts'
import { createMailFolder } from './folder.ts'
import type { Mailer } from './mail.ts'

/** The way mails go: through the SMTP server where one is set, else into the data directory. */
export async function openMailer(
  { mail, dataDir }: Pick<Config, 'mail' | 'dataDir'>,
  files: Pick<Files, 'replace'>,
): Promise<Mailer> {
  if (!mail.smtpUrl) return createMailFolder(dataDir, files)
  const { createSmtpMailer } = await import('./smtp.ts')
  return createSmtpMailer({ url: mail.smtpUrl, from: mail.from ?? senderOf(mail.smtpUrl.reveal()) })
}

function senderOf(url: string): string {
  const { username, hostname } = new URL(url)
  const user = decodeURIComponent(username)
  return `Helix <${/^[^@\s]+@[^@\s]+$/.test(user) ? user : `helix@${hostname}`}>`
}
