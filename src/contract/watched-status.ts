import { z } from 'zod'
import { PublicStatus } from './status.ts'

/** Where a copy of the status page elsewhere finds what was last seen of the gateway. */
export const WATCHED_STATUS_PATH = 'status.json'

/** What whoever looks at the gateway from outside last saw of it, kept beside the copy of the status page. */
export const WatchedStatus = z.object({
  /** When it was last looked at. */
  lookedAt: z.iso.datetime(),
  /** Since when it has not answered; null while it does. */
  awaySince: z.iso.datetime().nullable(),
  /** The last picture it gave; null where it never gave one. */
  status: PublicStatus.nullable(),
})
export type WatchedStatus = z.infer<typeof WatchedStatus>
