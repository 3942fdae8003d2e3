import { createTransport } from 'nodemailer'
import type { Secret } from '../../config/secret.ts'
import { HelixError } from '../../errors.ts'
import type { Mailer } from './mail.ts'

interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them. */
  url: Secret
  /** Sender, as `Helix <hello@example.com>`. */
  from: string
}

/** How long an answer to "does the server take mails" counts, in ms: a good one, and a bad one. */
const KNOWN_GOOD_MS = 60_000
const KNOWN_BAD_MS = 5000

const TIMEOUTS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  dnsTimeout: 10_000,
}

/** Sends mails through an SMTP server. Failures are HelixError `mail_failed`, without address or content. */
export function createSmtpMailer({ url, from }: SmtpOptions): Mailer {
  const transport = createTransport(
    { url: url.reveal(), pool: true, maxConnections: 2, ...TIMEOUTS, ...protection(url) },
    { from, disableFileAccess: true, disableUrlAccess: true },
  )
  let known: { until: number; outcome: Promise<void> } | undefined

  function check(): Promise<void> {
    if (known && known.until > Date.now()) return known.outcome
    const outcome = transport.verify().then(
      () => {},
      (cause) => note(cause),
    )
    known = { until: Date.now() + KNOWN_GOOD_MS, outcome }
    outcome.catch(() => {})
    return outcome
  }

  function note(cause: unknown): never {
    const failure = mailFailed(cause)
    const outcome = Promise.reject(failure)
    outcome.catch(() => {})
    known = { until: Date.now() + KNOWN_BAD_MS, outcome }
    throw failure
  }

  return {
    check,
    async send({ to, subject, text, html }) {
      try {
        await transport.sendMail({ to: { name: '', address: to }, subject, text, html })
      } catch (cause) {
        if (concernsTheServer(cause)) note(cause)
        throw mailFailed(cause)
      }
    },
    close: async () => transport.close(),
  }
}

/** Where a password is sent to another machine, only over TLS, unless the address itself says otherwise. */
function protection(url: Secret): { requireTLS?: true } {
  const { protocol, hostname, password, searchParams } = new URL(url.reveal())
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  const told = ['requireTLS', 'ignoreTLS', 'opportunisticTLS'].some((name) => searchParams.has(name))
  return protocol === 'smtp:' && password !== '' && !local && !told ? { requireTLS: true } : {}
}

/** Whether no mail would go through; a refusal of one address says nothing of the next. */
function concernsTheServer(cause: unknown): boolean {
  return !(
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'EENVELOPE' || cause.code === 'EMESSAGE')
  )
}

/** The server's own words may quote the address, so only its code is told. */
function mailFailed(cause: unknown): HelixError {
  const { code, responseCode } = cause as { code?: unknown; responseCode?: unknown }
  const why = [code, responseCode]
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(' ')
  return new HelixError('mail_failed', `The SMTP server did not take a mail${why ? ` (${why})` : ''}`, {
    hint: 'Check SMTP_URL and mail.from, and that this machine can reach the server.',
  })
}
