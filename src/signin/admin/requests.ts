import { z } from 'zod'
import { SignInError } from '../failure.ts'
import { checkedMetadata } from '../metadata.ts'
import { isBcrypt } from '../passwords.ts'
import { parse, parseNewEmail } from '../requests/body.ts'
import { parseDuration } from './duration.ts'

const MOST_PER_PAGE = 1000

const Text = z.string().max(4096).nullish()
const Metadata = z.record(z.string(), z.unknown()).nullish()

/** Fields of GoTrue's administration of people; others are ignored, as GoTrue does. */
const PersonBody = z.object({
  id: Text,
  email: Text,
  phone: Text,
  password: Text,
  password_hash: Text,
  email_confirm: z.boolean().nullish(),
  user_metadata: Metadata,
  app_metadata: Metadata,
  ban_duration: Text,
  role: z.string().max(255).nullish(),
})

/** What an administrator wants of one person; what is undefined stays as it is. */
export interface PersonChanges {
  /** In lower case. */
  email: string | undefined
  password: string | undefined
  emailConfirm: boolean
  /** Laid over what there is; a key of null is taken away. */
  userMetadata: Record<string, unknown> | undefined
  appMetadata: Record<string, unknown> | undefined
  /** Milliseconds from now; null lifts a ban. */
  banMs: number | null | undefined
  role: string | undefined
}

export interface NewAccount extends PersonChanges {
  email: string
  id: string | undefined
  /** As bcrypt made it, in place of a password. */
  passwordHash: string | undefined
}

/** @throws SignInError `validation_failed`, `phone_provider_disabled`, `email_address_invalid` */
export function parseChanges(body: Record<string, unknown>): PersonChanges {
  const given = parse(PersonBody, body)
  if (given.phone) throw new SignInError('phone_provider_disabled', 'Phone numbers are disabled')
  return {
    email: given.email ? parseNewEmail(given.email) : undefined,
    password: given.password ?? undefined,
    emailConfirm: given.email_confirm ?? false,
    userMetadata: given.user_metadata ? checkedMetadata(given.user_metadata) : undefined,
    appMetadata: given.app_metadata ? checkedMetadata(given.app_metadata, 'App') : undefined,
    banMs: banOf(given.ban_duration),
    role: given.role || undefined,
  }
}

/** @throws SignInError `validation_failed`, `phone_provider_disabled`, `email_address_invalid` */
export function parseNewAccount(body: Record<string, unknown>): NewAccount {
  const changes = parseChanges(body)
  const { id, password_hash: hash } = parse(PersonBody, body)
  if (!changes.email) throw invalid('Cannot create a user without either an email or phone')
  if (changes.password !== undefined && hash) {
    throw invalid('Only a password or a password hash should be provided')
  }
  if (hash && !isBcrypt(hash)) throw invalid('The password hash is no bcrypt hash')
  return {
    ...changes,
    email: changes.email,
    password: changes.password || undefined,
    id: id ? uuid(id) : undefined,
    passwordHash: hash || undefined,
  }
}

/** Whether a deletion keeps the row. An empty body means no. @throws SignInError `validation_failed` */
export function parseDeletion(body: Record<string, unknown>): boolean {
  return parse(z.object({ should_soft_delete: z.boolean().nullish() }), body).should_soft_delete ?? false
}

/** Page (from 1) and people a page, at most 1000. @throws SignInError `validation_failed` */
export function parsePage(page: string | undefined, perPage: string | undefined) {
  const number = (text: string | undefined, fallback: number) => {
    if (!text) return fallback
    if (!/^\d{1,9}$/.test(text))
      throw invalid(`Bad Pagination Parameters: invalid number "${text.slice(0, 20)}"`)
    return Number(text)
  }
  const wanted = number(perPage, 50)
  if (wanted === 0) throw invalid('Bad Pagination Parameters: per_page must be greater than 0')
  return { page: Math.max(1, number(page, 1)), perPage: Math.min(wanted, MOST_PER_PAGE) }
}

function banOf(duration: string | null | undefined): number | null | undefined {
  if (!duration) return undefined
  if (duration === 'none') return null
  const ms = parseDuration(duration)
  if (ms === undefined) throw invalid(`invalid format for ban duration: "${duration.slice(0, 40)}"`)
  return ms === 0 ? null : ms
}

function uuid(id: string): string {
  const parsed = z.guid().safeParse(id)
  if (!parsed.success) throw invalid('ID must conform to the uuid v4 format')
  if (/^[0-]*$/.test(id)) throw invalid('ID cannot be a nil uuid')
  return parsed.data.toLowerCase()
}

function invalid(message: string): SignInError {
  return new SignInError('validation_failed', message)
}
