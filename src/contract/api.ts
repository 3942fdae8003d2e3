import type { Operation } from './operation.ts'
import { accountOperations } from './operations/account.ts'
import { adminOperations } from './operations/admin.ts'
import { chatOperations } from './operations/chat.ts'
import { conversationOperations } from './operations/conversations.ts'
import { eventOperations } from './operations/events.ts'
import { exportOperations } from './operations/export.ts'
import { feedbackOperations } from './operations/feedback.ts'
import { gatewayOperations } from './operations/gateway.ts'
import { generationOperations } from './operations/generations.ts'
import { localOperations } from './operations/local.ts'
import { maintenanceOperations } from './operations/maintenance.ts'
import { profileOperations } from './operations/profile.ts'
import { searchOperations } from './operations/search.ts'
import { signedInOperations } from './operations/sessions.ts'
import { signinOperations } from './operations/signin.ts'
import { signinAdminOperations } from './operations/signin-admin.ts'
import { signinMfaOperations } from './operations/signin-mfa.ts'
import { statusOperations } from './operations/status.ts'
import { tokenOperations } from './operations/tokens.ts'
import { usageOperations } from './operations/usage.ts'

/** Every route of the gateway, in the order of the reference: one line for each file of operations/. */
export const operations: readonly Operation[] = [
  ...chatOperations,
  ...generationOperations,
  ...conversationOperations,
  ...searchOperations,
  ...eventOperations,
  ...profileOperations,
  ...usageOperations,
  ...tokenOperations,
  ...signedInOperations,
  ...feedbackOperations,
  ...signinOperations,
  ...exportOperations,
  ...accountOperations,
  ...signinMfaOperations,
  ...signinAdminOperations,
  ...adminOperations,
  ...statusOperations,
  ...localOperations,
  ...maintenanceOperations,
  ...gatewayOperations,
]
