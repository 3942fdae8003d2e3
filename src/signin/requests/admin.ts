import { z } from 'zod'
import type { LinkRequest } from '../admin/links.ts'
import { checkedMetadata } from '../metadata.ts'
import type { NewPerson } from '../registration.ts'
import { invalid, isBlank, Metadata, parse, parseEmail, parseNewEmail, Text } from './body.ts'

const InviteBody = z.object({ email: Text.nullish(), data: Metadata.nullish() })
const LinkBody = z.object({
  type: Text.nullish(),
  email: Text.nullish(),
  new_email: Text.nullish(),
  password: Text.nullish(),
  data: Metadata.nullish(),
  redirect_to: Text.nullish(),
  redirectTo: Text.nullish(),
})

const LinkType = z.enum([
  'signup',
  'magiclink',
  'recovery',
  'invite',
  'email_change_current',
  'email_change_new',
])

/** @throws SignInError `validation_failed`, `email_address_invalid` */
export function parseInvite(body: Record<string, unknown>): NewPerson {
  const { email, data } = parse(InviteBody, body)
  return { email: parseNewEmail(email), data: checkedMetadata(data ?? {}) }
}

/** A wanted link, and where it should lead if it says so. @throws SignInError `validation_failed` */
export function parseLinkRequest(
  body: Record<string, unknown>,
): Omit<LinkRequest, 'redirectTo'> & { redirectTo: string | undefined } {
  const { type, email, new_email, password, data, redirect_to, redirectTo } = parse(LinkBody, body)
  const known = LinkType.safeParse(type)
  if (!known.success) throw invalid(`Invalid email action link type requested: ${String(type).slice(0, 50)}`)
  if (known.data === 'signup' && !password) throw invalid('Signup requires a valid password')
  return {
    type: known.data,
    email: parseEmail(email),
    password: password ?? null,
    newEmail: isBlank(new_email) ? null : parseNewEmail(new_email),
    data: checkedMetadata(data ?? {}),
    redirectTo: redirect_to ?? redirectTo ?? undefined,
  }
}
