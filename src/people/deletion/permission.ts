import { DELETION_PHRASE, FRESH_SECONDS } from '../../contract/account.ts'
import { HelixError } from '../../errors.ts'
import type { Person } from '../person.ts'

/**
 * Whether a person may delete their account now, and means to.
 * @throws HelixError `creator_account`, `consent_required`, `reauthentication_needed`
 */
export function checkDeletion(person: Person, confirm: string, now: Date): void {
  if (person.creator) throw creatorStays()
  if (!confirms(person, confirm)) throw notConfirmed(person)
  if (isAnonymous(person)) return
  const signedIn = signedInAt(person.claims)
  if (signedIn === undefined || now.getTime() - signedIn > FRESH_SECONDS * 1000) throw notFresh(signedIn)
}

function confirms({ email }: Person, confirm: string): boolean {
  const given = confirm.trim().toLowerCase()
  return given === DELETION_PHRASE || (email !== null && given === email.toLowerCase())
}

/** Who has no way to sign in again cannot be asked to. */
function isAnonymous({ claims }: Person): boolean {
  return claims.is_anonymous === true
}

/** When the session's person last proved who they are, in ms since 1970, by the verified token's `amr` claim. */
function signedInAt({ amr }: Person['claims']): number | undefined {
  if (!Array.isArray(amr)) return undefined
  const times = amr.map((one: unknown) => Number((one as { timestamp?: unknown } | null)?.timestamp) * 1000)
  const latest = Math.max(...times.filter((time) => Number.isFinite(time)))
  return Number.isFinite(latest) ? latest : undefined
}

function creatorStays(): HelixError {
  return new HelixError('creator_account', 'This account owns the installation, so it stays', {
    hint: 'Name another creator first with `helix user creator <email>`; to end Helix altogether, stop it and delete its data.',
    next: ['helix user creator <email>'],
  })
}

function notConfirmed({ email }: Person): HelixError {
  const also = email === null ? '' : `your email address or `
  return new HelixError('consent_required', 'The deletion was not confirmed', {
    hint: `Send {"confirm": …} with ${also}"${DELETION_PHRASE}"; it cannot be undone.`,
  })
}

function notFresh(signedIn: number | undefined): HelixError {
  return new HelixError('reauthentication_needed', 'You signed in too long ago to delete your account', {
    hint: `Sign in again, then ask within ${FRESH_SECONDS / 60} minutes; an access token cannot ask.`,
    next: ['helix login'],
    details: {
      maxAgeSeconds: FRESH_SECONDS,
      signedInAt: signedIn === undefined ? null : new Date(signedIn).toISOString(),
    },
  })
}
