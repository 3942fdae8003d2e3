import type { AddressInfo } from 'node:net'
import { createClient } from '@supabase/supabase-js'
import { SMTPServer } from 'smtp-server'
import { describe, expect, it } from 'vitest'
import { type Engine, startTestGateway, type TestGateway } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

const PASSWORD = 'correct horse battery'
const ENGINES: [Engine, string | null][] = [
  ['pglite', null],
  ['postgres', postgresUnavailable],
]

describe.each(ENGINES)('sign-in of a whole gateway on %s', (engine, unavailable) => {
  const client = ({ url, running }: TestGateway) =>
    createClient(url, running.services.signin?.keys.anonKey ?? '', {
      auth: { autoRefreshToken: false, persistSession: false },
    })

  it.skipIf(unavailable)('confirms addresses by mail once there is an SMTP server', async () => {
    const server = await takingMails()
    const environment = {
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      SMTP_FROM: 'Helix <helix@example.com>',
    }
    const logged: string[] = []
    const note = (entry: object) => void logged.push(JSON.stringify(entry))
    const log = { debug: note, info: note, warn: note, error: note }
    const gateway = await startTestGateway({ engine, environment, log })
    try {
      const email = 'ada@example.com'
      const { data, error } = await client(gateway).auth.signUp({ email, password: PASSWORD })
      expect(error).toBeNull()
      expect(data.session).toBeNull()
      const early = await client(gateway).auth.signInWithPassword({ email, password: PASSWORD })
      expect(early.error).toMatchObject({ code: 'email_not_confirmed' })
      await expect.poll(() => server.mails.length, { timeout: 5000 }).toBe(1)
      const link = /http:\/\/\S+verify\?\S+/.exec(server.mails[0] ?? '')?.[0] ?? ''
      expect(link.startsWith(gateway.url)).toBe(true)
      const answer = await fetch(link, { redirect: 'manual' })
      const token = new URLSearchParams((answer.headers.get('location') ?? '').split('#')[1]).get(
        'access_token',
      )
      const profile = await fetch(`${gateway.url}/api/profile`, {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(await profile.json()).toMatchObject({ userId: data.user?.id })
      const secret = new URL(link).searchParams.get('token') ?? 'none'
      expect(logged.length).toBeGreaterThan(3)
      for (const hidden of [PASSWORD, secret, token ?? 'none', email]) {
        expect(logged.join('\n')).not.toContain(hidden)
      }
    } finally {
      await gateway.close()
      await server.close()
    }
  })

  it.skipIf(unavailable)(
    'counts sign-ups by the address they come from, whatever a header says',
    async () => {
      const gateway = await startTestGateway({ engine, settings: { limits: { signUps: 2 } } })
      try {
        const signUp = (place: number) =>
          fetch(`${gateway.url}/auth/v1/signup`, {
            method: 'POST',
            headers: { 'x-forwarded-for': `203.0.113.${place}` },
            body: JSON.stringify({ email: `person-${place}@example.com`, password: PASSWORD }),
          })
        expect([(await signUp(1)).status, (await signUp(2)).status]).toEqual([200, 200])
        const refused = await signUp(3)
        expect(refused.status).toBe(429)
        expect(refused.headers.get('x-sb-error-code')).toBe('over_request_rate_limit')
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      } finally {
        await gateway.close()
      }
    },
  )
})

/** An SMTP server that keeps what it takes, decoded. */
async function takingMails() {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let raw = ''
      stream.on('data', (chunk) => {
        raw += chunk
      })
      stream.on('end', () => {
        mails.push(raw.replace(/=\r\n/g, '').replaceAll('=3D', '='))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return { mails, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
