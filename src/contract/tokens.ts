import { z } from 'zod'

/** What a personal access token can be given; what is open to sessions alone is no scope it could have. */
export const TokenScope = z.enum(['read', 'chat', 'account'])
export type TokenScope = z.infer<typeof TokenScope>

const HOUR = 3600
const DAY = 24 * HOUR

/** How long a token may live, in seconds. */
export const TOKEN_LIFE = { shortest: HOUR, usual: 90 * DAY, longest: 366 * DAY }

/** How many tokens that still work one person may have. */
export const MOST_TOKENS = 50

const id = z.string().describe('What to revoke it by; also the readable part of the token.')
const scopes = z.array(TokenScope).describe('What it may ask: the scope of a route must be among them.')

/** A token as its owner sees it; nothing here lets anybody in. */
export const AccessToken = z
  .object({
    id,
    prefix: z.string().describe('How the token begins, to know it again.'),
    name: z.string(),
    scopes,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the minute; null while it was never used.'),
  })
  .meta({ id: 'AccessToken', description: 'A personal access token, without its secret.' })
export type AccessToken = z.infer<typeof AccessToken>

export const AccessTokenList = z.object({ tokens: z.array(AccessToken) }).meta({ id: 'AccessTokenList' })
export type AccessTokenList = z.infer<typeof AccessTokenList>

/** The only answer that ever holds the token itself. */
export const CreatedToken = AccessToken.extend({
  token: z.string().describe('The token itself. It is shown this once and kept nowhere.'),
}).meta({ id: 'CreatedToken', description: 'A new personal access token.' })
export type CreatedToken = z.infer<typeof CreatedToken>

export const CreateTokenRequest = z.strictObject({
  name: z
    .string()
    .describe('What you will know it by: 1 to 100 characters.')
    .transform((name) => name.toWellFormed().trim())
    .refine((name) => name.length >= 1 && name.length <= 100, 'expected 1 to 100 characters')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
    .refine((name) => !/[\u0000-\u001f\u007f-\u009f]/.test(name), 'expected no control characters'),
  scopes: z
    .array(TokenScope)
    .describe('What it may ask.')
    .min(1, 'expected at least one scope')
    .max(10, 'expected each scope once')
    .transform((scopes) => TokenScope.options.filter((scope) => scopes.includes(scope))),
  expiresIn: z
    .int()
    .min(TOKEN_LIFE.shortest, 'expected at least an hour (3600)')
    .max(TOKEN_LIFE.longest, 'expected at most a year (31622400)')
    .default(TOKEN_LIFE.usual)
    .describe('Seconds it works: an hour to a year, 90 days unless told.'),
})
export type CreateTokenRequest = z.infer<typeof CreateTokenRequest>

/** The token a request was made with, as the profile tells it. */
export const TokenInUse = z
  .object({ id, name: z.string(), scopes, expiresAt: z.iso.datetime() })
  .meta({ id: 'TokenInUse', description: 'The personal access token a request was made with.' })
export type TokenInUse = z.infer<typeof TokenInUse>
