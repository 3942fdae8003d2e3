import { z } from 'zod'
import { Message } from './chat.ts'

/** A failure on the wire: RFC 9457 problem details, `type` is `urn:helix:<code>`. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  hint: z.string().optional(),
  requestId: z.string().optional(),
  /** The reply as far as it came, when the failure is that of a reply. */
  message: Message.optional(),
})
export type Problem = z.infer<typeof Problem>
