import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mailPath } from '../../src/signin/mail/folder.ts'
import type { MailKind } from '../../src/signin/mail/mail.ts'
import { type Engine, startTestGateway } from '../support/gateway.ts'
import { hostedUnavailable } from '../support/hosted-database.ts'
import { startOnHostedSupabase } from '../support/hosted-supabase.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { type Place, STEPS, walkAccountLife } from './account-life.ts'

/** Mails as the folder of a data directory keeps them. */
function mailsIn(dataDir: string): Place['readMail'] {
  return async (to, kind, since) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const text = await readFile(mailPath(dataDir, { to, kind: kind as MailKind }), 'utf8').catch(() => '')
      if (text !== '') {
        const { link, writtenAt } = JSON.parse(text)
        if (Date.parse(writtenAt) >= since) return { link }
      }
      await sleep(50)
    }
    throw new Error(`no ${kind} mail came`)
  }
}

async function builtIn(engine: Engine) {
  // Reachable from elsewhere, so that a sign-up has to be confirmed.
  const gateway = await startTestGateway({ engine, host: '0.0.0.0' })
  const keys = gateway.running.services.signin?.keys
  const place: Place = {
    apiUrl: gateway.url,
    authUrl: gateway.url,
    anonKey: keys?.anonKey ?? '',
    serviceRoleKey: keys?.serviceRoleKey.reveal() ?? '',
    readMail: mailsIn(gateway.dataDir),
  }
  return { place, close: gateway.close }
}

async function hosted() {
  const { urls, project, errors, close } = await startOnHostedSupabase({ autoConfirm: false })
  const place: Place = {
    apiUrl: urls[0] ?? '',
    authUrl: project.url,
    anonKey: project.anonKey,
    serviceRoleKey: project.serviceRoleKey,
    readMail: mailsIn(project.dataDir),
  }
  return {
    place,
    async close() {
      await close()
      expect([...errors, ...project.failures]).toEqual([])
    },
  }
}

const MODES = [
  ['embedded', null, () => builtIn('pglite')],
  ['postgres', postgresUnavailable, () => builtIn('postgres')],
  ['supabase', hostedUnavailable, hosted],
] as const

describe.each(MODES)('the whole life of an account, in %s mode', (_, unavailable, start) => {
  it.skipIf(unavailable)(
    `with the unmodified client of Supabase ${unavailable ?? ''}`,
    async () => {
      const { place, close } = await start()
      const walked: string[] = []
      try {
        await walkAccountLife(place, (step) => walked.push(step))
      } finally {
        await close()
      }
      expect(walked).toEqual(Object.keys(STEPS))
    },
    60_000,
  )
})
