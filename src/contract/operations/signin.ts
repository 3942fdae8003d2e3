import type { Operation } from '../operation.ts'
import { adminLinkOperations, signinFactOperations } from './signin/facts.ts'
import { mailOperations } from './signin/mails.ts'
import { sessionOperations } from './signin/sessions.ts'
import { userOperations } from './signin/user.ts'

/** Sign-in as GoTrue's clients expect it; not there where Supabase signs people in. */
export const signinOperations: readonly Operation[] = [
  ...sessionOperations,
  ...mailOperations,
  ...userOperations,
  ...signinFactOperations,
  ...adminLinkOperations,
]
