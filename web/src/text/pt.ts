import type { Catalog } from './en.ts'
import { admin } from './pt/admin.ts'
import { chat } from './pt/chat.ts'
import { common } from './pt/common.ts'
import { failures } from './pt/failures.ts'
import { settings } from './pt/settings.ts'
import { signin } from './pt/signin.ts'
import { status } from './pt/status.ts'
import { sync } from './pt/sync.ts'
import { usage } from './pt/usage.ts'

/** European Portuguese; loaded only where it is used. */
export const pt: Catalog = { common, failures, signin, chat, sync, settings, usage, status, admin }
