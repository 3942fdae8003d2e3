import { describe, expect, it } from 'vitest'
import { type Catalog, en, enLater } from '../text/en.ts'
import { refusal, SignInRefusal } from './refusal.ts'
import { refusedText } from './words.ts'

const catalog = { ...en, settings: await enLater.settings() } as Catalog
const say = (error: unknown) => refusedText(error, catalog)

describe('a refused sign-in, in words', () => {
  it.each([
    ['invalid_credentials', 'Address and password do not fit.'],
    ['email_exists', en.signin.refused.user_already_exists],
    ['otp_expired', en.signin.refused.code],
    ['session_not_found', en.signin.refused.expired],
    ['network', en.failures.network],
    ['toString', en.failures.other('toString')],
    ['weak', en.failures.other('weak')],
  ])('%s', (code, text) => expect(say(new SignInRefusal(code, ''))).toBe(text))

  it('names what a password lacks, and what there is to know where nothing was said', () => {
    const weak = (reasons: string[]) => say(new SignInRefusal('weak_password', '', { reasons }))
    expect(weak(['length', 'pwned'])).toBe(
      'Choose a stronger password: 8 characters or more, none that is known from a leak.',
    )
    expect(weak(['something new'])).toBe('Choose a stronger password: 8 characters or more.')
  })

  it('says when to come back', () => {
    const message = 'For security purposes, you can only request this after 52 seconds.'
    const limited = (text: string) => say(refusal({ code: 'over_email_send_rate_limit', message: text }))
    expect(limited(message)).toContain('in 52 seconds.')
    expect(limited(message.replace('52', '300'))).toContain('in 5 minutes.')
    expect(limited('')).toContain('Wait a few minutes.')
  })

  it('takes a lost network for what it is', () => {
    expect(refusal(new TypeError('Failed to fetch')).code).toBe('network')
    expect(refusal({ name: 'AuthRetryableFetchError', status: 0 }).code).toBe('network')
    expect(refusal({ name: 'AuthSessionMissingError' }).code).toBe('session_not_found')
    expect(refusal('?').code).toBe('unknown')
  })
})
