import { z } from 'zod'
import { SignInUser } from './signin-user.ts'

const Metadata = z.record(z.string(), z.unknown()).describe('At most 4096 characters as JSON.')

/** What an administrator changes of a person. */
export const AdminUserUpdate = z
  .object({
    email: z.string().optional(),
    password: z.string().optional().describe('8 characters to 72 bytes.'),
    email_confirm: z.boolean().optional().describe('Whether the address counts as confirmed from now on.'),
    user_metadata: Metadata.optional().describe('Laid over what there is; a key of null is taken away.'),
    app_metadata: Metadata.optional().describe('Laid over what there is; a key of null is taken away.'),
    ban_duration: z.string().optional().describe('As Go writes durations, `24h`; `none` lifts a ban.'),
    role: z.string().max(255).optional(),
  })
  .meta({ id: 'AdminUserUpdate' })

export const AdminUserCreate = AdminUserUpdate.extend({
  id: z.uuid().optional().describe('Made up where it is missing.'),
  email: z.string(),
  password_hash: z.string().optional().describe('A bcrypt hash, in place of `password`.'),
}).meta({ id: 'AdminUserCreate' })

export const AdminUserDelete = z
  .object({ should_soft_delete: z.boolean().optional() })
  .meta({ id: 'AdminUserDelete' })

export const AdminUserList = z
  .object({ users: z.array(SignInUser), aud: z.string() })
  .meta({ id: 'AdminUserList', description: 'One page of people, the newest first.' })
