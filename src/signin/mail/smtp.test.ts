import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../config/secret.ts'
import { plainFiles } from '../../files.ts'
import type { Mailer } from './mail.ts'
import { openMailer } from './open.ts'
import { createSmtpMailer } from './smtp.ts'
import { composeMail } from './templates.ts'

/** An address of this machine that is not loopback. */
const OUTSIDE = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

/** A mail as the server took it. */
interface Taken {
  from: string
  to: string[]
  raw: string
}

const LINK = 'http://127.0.0.1:3000/auth/v1/verify?token=abc&type=signup&redirect_to=http%3A%2F%2Fx%2F'
const mail = composeMail('signup', { to: 'ada@example.com', link: LINK, code: '123456' })

describe('mails through an SMTP server', () => {
  const opened: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close()
  })

  async function listening(options: SMTPServerOptions = {}) {
    const taken: Taken[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, { envelope }, done) {
        let raw = ''
        stream.on('data', (chunk) => {
          raw += chunk
        })
        stream.on('end', () => {
          const { mailFrom, rcptTo } = envelope
          taken.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            raw,
          })
          done()
        })
      },
      ...options,
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
    opened.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
    return { taken, port: (server.server.address() as AddressInfo).port }
  }

  function mailer(url: string): Mailer {
    const made = createSmtpMailer({ url: new Secret(url), from: 'Helix <helix@example.com>' })
    opened.push(() => made.close())
    return made
  }

  test('arrive as text and HTML, with link and code', async () => {
    const { taken, port } = await listening()
    const smtp = mailer(`smtp://127.0.0.1:${port}`)
    await smtp.check()
    await smtp.send(mail)
    expect(taken).toMatchObject([{ from: 'helix@example.com', to: ['ada@example.com'] }])
    const raw = (taken[0]?.raw ?? '').replace(/=\r\n/g, '').replaceAll('=3D', '=')
    expect(raw).toContain('Subject: Confirm your e-mail address')
    expect(raw).toContain('From: Helix <helix@example.com>')
    expect(raw).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/)
    expect(raw).toContain(LINK)
    expect(raw).toContain('123456')
  })

  test('never go to a second recipient that an address smuggles in', async () => {
    const { taken, port } = await listening()
    const to = 'ada@example.com,ben@evil.example\r\nRCPT TO:<ben@evil.example>'
    await mailer(`smtp://127.0.0.1:${port}`)
      .send({ ...mail, to })
      .catch(() => {})
    expect(taken.flatMap((one) => one.to)).not.toContain('ben@evil.example')
  })

  test('use user and password of the address', async () => {
    let seen: unknown
    const { taken, port } = await listening({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen = { username, password }
        done(null, { user: username })
      },
    })
    await mailer(`smtp://ada%40example.com:p%40ss@127.0.0.1:${port}`).send(mail)
    expect(seen).toEqual({ username: 'ada@example.com', password: 'p@ss' })
    expect(taken).toHaveLength(1)
  })

  test.skipIf(OUTSIDE === undefined)(
    `never send a password in the clear to another machine${OUTSIDE ? '' : ' (this one has no address but loopback)'}`,
    async () => {
      let asked = false
      const { port } = await listening({
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => {
          asked = true
          done(null, { user: 'x' })
        },
      })
      const smtp = mailer(`smtp://ada:secret@${OUTSIDE}:${port}`)
      await expect(smtp.check()).rejects.toMatchObject({ code: 'mail_failed' })
      await expect(smtp.send(mail)).rejects.toMatchObject({ code: 'mail_failed' })
      expect(asked).toBe(false)
      await mailer(`smtp://ada:secret@${OUTSIDE}:${port}/?ignoreTLS=true`).check()
      expect(asked).toBe(true)
    },
  )

  test('a refused recipient says nothing of the server; its words are not passed on', async () => {
    const { port } = await listening({
      onRcptTo: ({ address }, _session, done) =>
        done(Object.assign(new Error(`no such mailbox ${address}`), { responseCode: 550 })),
    })
    const smtp = mailer(`smtp://127.0.0.1:${port}`)
    const failure = await smtp.send(mail).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'mail_failed', message: expect.stringContaining('550') })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('ada@example.com')
    await smtp.check()
  })

  test('a server that is away is noticed before anyone is promised a mail, and again found', async () => {
    const gone = await listening()
    await opened.pop()?.()
    const smtp = mailer(`smtp://127.0.0.1:${gone.port}`)
    await expect(smtp.check()).rejects.toMatchObject({ code: 'mail_failed' })
    const began = performance.now()
    await expect(smtp.check()).rejects.toMatchObject({ code: 'mail_failed' })
    expect(performance.now() - began).toBeLessThan(50)
    await expect(smtp.send(mail)).rejects.toMatchObject({ code: 'mail_failed' })
  })

  test('without a server mails are files; the sender follows from the address', async () => {
    const dataDir = '/nowhere'
    const folder = await openMailer({ dataDir, mail: { smtpUrl: undefined, from: undefined } }, plainFiles)
    await folder.check()
    const { taken, port } = await listening({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(null, { user: 'x' }),
    })
    const smtpUrl = new Secret(`smtp://hello%40example.com:x@127.0.0.1:${port}`)
    const smtp = await openMailer({ dataDir, mail: { smtpUrl, from: undefined } }, plainFiles)
    opened.push(() => smtp.close())
    await smtp.send(mail)
    expect(taken[0]?.from).toBe('hello@example.com')
  })
})
