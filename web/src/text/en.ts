import { admin } from './en/admin.ts'
import { chat } from './en/chat.ts'
import { common } from './en/common.ts'
import { failures } from './en/failures.ts'
import { settings } from './en/settings.ts'
import { signin } from './en/signin.ts'
import { status } from './en/status.ts'
import { sync } from './en/sync.ts'
import { usage } from './en/usage.ts'

/** Every string a person may see, one section a part of the page. */
export const en = { common, failures, signin, chat, sync, settings, usage, status, admin }

/** The shape every language has. */
export type Catalog = typeof en
