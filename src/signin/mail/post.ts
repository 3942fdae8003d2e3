import { setTimeout } from 'node:timers/promises'
import { SignInError } from '../failure.ts'
import type { SignInLimits } from '../limits.ts'
import type { Mail, Mailer } from './mail.ts'

/** Hands mails over, at once or behind the caller's back. */
export interface Post {
  /**
   * Whether mails go out at all; the same for every address, so that the answer tells nobody whose account exists.
   * @throws SignInError `unexpected_failure`
   */
  check(subject: string): Promise<void>
  /** Hands a mail over. @throws SignInError `unexpected_failure`, `over_email_send_rate_limit` */
  deliver(subject: string, mail: Mail): Promise<void>
  /** Does work that nobody waits for; its failures are only reported. */
  later(work: () => Promise<void>): void
  /** Lets that work finish, for a few seconds at most, then hangs up. */
  close(): Promise<void>
}

/** How long an end waits for mails on their way, in ms; a server that does not answer must not hold it up. */
const CLOSE_MS = 5000

interface PostDeps {
  mailer: Mailer
  limits: Pick<SignInLimits, 'anyMail'>
  /** Told of what no caller could be told. */
  onError: (error: unknown) => void
}

/** Makes the {@link Post} over a {@link Mailer}. */
export function createPost({ mailer, limits, onError }: PostDeps): Post {
  const running = new Set<Promise<void>>()

  /** A mail that cannot be sent is the operator's to know about; the caller only learns that it failed. */
  async function orFailure(subject: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      onError(error)
      throw new SignInError('unexpected_failure', `Error sending ${subject} email`)
    }
  }

  return {
    check: (subject) => orFailure(subject, () => mailer.check()),
    async deliver(subject, mail) {
      await limits.anyMail()
      await orFailure(subject, () => mailer.send(mail))
    },
    later(work) {
      const task = work()
        .catch((error: unknown) => {
          if (!(error instanceof SignInError)) onError(error)
          else if (error.code === 'over_email_send_rate_limit') onError(error)
        })
        .finally(() => running.delete(task))
      running.add(task)
    },
    async close() {
      const patience = new AbortController()
      const late = setTimeout(CLOSE_MS, undefined, { signal: patience.signal, ref: false }).catch(() => {})
      await Promise.race([Promise.all(running), late])
      patience.abort()
      await mailer.close()
    },
  }
}
