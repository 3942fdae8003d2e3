import { z } from 'zod'

const Moment = z.iso.datetime()

/** A second factor of a person, without its secret. */
export const SignInFactor = z
  .object({
    id: z.uuid(),
    friendly_name: z.string().optional(),
    factor_type: z.enum(['totp', 'phone', 'webauthn']),
    status: z.enum(['verified', 'unverified']),
    created_at: Moment,
    updated_at: Moment,
    last_challenged_at: Moment.nullable(),
  })
  .meta({ id: 'SignInFactor' })

/** A person as the clients of GoTrue know one. */
export const SignInUser = z
  .looseObject({
    id: z.uuid(),
    aud: z.string(),
    role: z.string(),
    email: z.string(),
    phone: z.string(),
    app_metadata: z.record(z.string(), z.unknown()),
    user_metadata: z.record(z.string(), z.unknown()),
    identities: z.array(z.record(z.string(), z.unknown())),
    factors: z.array(SignInFactor).optional(),
    created_at: Moment,
    updated_at: Moment,
    is_anonymous: z.boolean(),
    new_email: z.string().optional().describe('An address that waits to be confirmed.'),
    banned_until: Moment.optional(),
    deleted_at: Moment.optional(),
  })
  .meta({ id: 'SignInUser', description: 'A person, as GoTrue shows one.' })
