import { chat } from './en/chat.ts'
import { common } from './en/common.ts'
import { failures } from './en/failures.ts'
import { signin } from './en/signin.ts'
import { sync } from './en/sync.ts'

/** What a first look needs. */
export const en = { common, failures, signin, chat, sync }

/** What belongs to pages that are opened seldom comes with them. */
export const enLater = {
  settings: () => import('./en/settings.ts').then((part) => part.settings),
  usage: () => import('./en/usage.ts').then((part) => part.usage),
  status: () => import('./en/status.ts').then((part) => part.status),
  admin: () => import('./en/admin.ts').then((part) => part.admin),
}

export type LaterSection = keyof typeof enLater
type Later = { [Section in LaterSection]: Awaited<ReturnType<(typeof enLater)[Section]>> }

/** Every string a person may see, one section a part of the page: the shape every language has. */
export type Catalog = typeof en & Later
