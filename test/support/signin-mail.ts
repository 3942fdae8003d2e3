import { readFile } from 'node:fs/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { expect } from 'vitest'
import { mailPath } from '../../src/signin/mail/folder.ts'
import type { Mail, MailKind } from '../../src/signin/mail/mail.ts'
import { memoryStorage, type SignInServer } from './signin-client.ts'

/** The latest mail of a kind to an address, once it is there; `after` waits for another than that one. */
export async function mailTo(
  server: Pick<SignInServer, 'dataDir'>,
  to: string,
  kind: MailKind,
  after?: Mail,
): Promise<Mail & { link: string }> {
  const path = mailPath(server.dataDir, { to, kind })
  const read = async (): Promise<Mail | undefined> =>
    readFile(path, 'utf8').then(
      (text) => JSON.parse(text),
      () => undefined,
    )
  let mail: Mail | undefined
  await expect
    .poll(
      async () => {
        mail = await read()
        return mail !== undefined && mail.code !== after?.code
      },
      { timeout: 5000, message: `no ${kind} mail came` },
    )
    .toBe(true)
  if (!mail) throw new Error('no mail')
  return { ...mail, link: mail.link ?? '' }
}

/** Follows a link as a browser does, and tells where it leads: the query and the fragment it arrives with. */
export async function follow(link: string) {
  const answer = await fetch(link, { redirect: 'manual' })
  const target = new URL(answer.headers.get('location') ?? 'about:blank')
  return {
    status: answer.status,
    target,
    query: Object.fromEntries(target.searchParams),
    fragment: Object.fromEntries(new URLSearchParams(target.hash.slice(1))),
  }
}

/** An unmodified client that waits for codes (PKCE), with a storage of its own. */
export function pkceClientOf(server: SignInServer): SupabaseClient {
  return createClient(server.url, server.keys.anonKey, {
    auth: { storage: memoryStorage(), autoRefreshToken: false, flowType: 'pkce' },
  })
}
