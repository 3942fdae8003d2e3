import { z } from 'zod'
import { Message } from './chat.ts'

/** A failure on the wire: RFC 9457 problem details, `type` is `urn:helix:<code>`. */
export const Problem = z
  .looseObject({
    type: z.string().describe('`urn:helix:` and the code.'),
    title: z.string().describe('What happened, for a person.'),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().describe('What to switch on; it never changes, texts may.'),
    hint: z.string().optional().describe('What to do next.'),
    requestId: z.string().optional().describe('Also in `X-Request-Id`.'),
    message: Message.optional().describe('The reply as far as it came, when the failure is that of a reply.'),
  })
  .meta({ id: 'Problem', description: 'A failure: RFC 9457 problem details.' })
export type Problem = z.infer<typeof Problem>
