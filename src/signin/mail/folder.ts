import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Files } from '../../files.ts'
import type { Mail, Mailer } from './mail.ts'

/** A mail as the file has it: what is needed to go on with it. */
const KeptMail = z.object({
  to: z.string(),
  kind: z.string(),
  subject: z.string(),
  link: z
    .string()
    .nullish()
    .transform((link) => link ?? null),
  code: z
    .string()
    .nullish()
    .transform((code) => code ?? null),
  writtenAt: z.iso.datetime(),
})
export type KeptMail = z.infer<typeof KeptMail>

/** Puts mails into `<dataDir>/mail/` (0600) instead of sending them: the latest of each kind for each address. */
export function createMailFolder(dataDir: string, files: Pick<Files, 'replace'>): Mailer {
  return {
    check: async () => {},
    async send(mail) {
      const content = { ...mail, writtenAt: new Date().toISOString() }
      const text = `${JSON.stringify(content, null, 2)}\n`
      // The name tells whose address it is to whoever guesses that, and a digest would tell the code.
      await files.replace(mailPath(dataDir, mail), text, { as: `mail/${mail.kind}-*.json`, guessable: true })
    },
    close: async () => {},
  }
}

/** Where the latest mail of this kind to this address is, if there is one. */
export function mailPath(dataDir: string, { to, kind }: Pick<Mail, 'to' | 'kind'>): string {
  return join(dataDir, 'mail', `${kind}-${nameOf(to)}.json`)
}

/** The mails kept for this address, newest first. */
export async function keptMails(dataDir: string, to: string): Promise<KeptMail[]> {
  const folder = join(dataDir, 'mail')
  const files = (await readdir(folder).catch(none)).filter((name) => name.endsWith(`-${nameOf(to)}.json`))
  const mails = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8').then(parse)))
  return mails.flatMap((mail) => mail ?? []).sort((a, b) => b.writtenAt.localeCompare(a.writtenAt))
}

function none(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}

function parse(text: string): KeptMail | undefined {
  try {
    return KeptMail.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function nameOf(address: string): string {
  return createHash('sha256').update(address.trim().toLowerCase()).digest('hex').slice(0, 32)
}
