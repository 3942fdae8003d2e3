import { z } from 'zod'

/** The longest report, in bytes. */
export const REPORT_LIMIT = 16 * 1024

const text = (most: number) => z.string().max(most, `expected at most ${most} characters`)

/** What went wrong in a client. It is sanitized before it is kept; secrets in it are lost, not stored. */
export const ClientErrorReport = z
  .strictObject({
    message: text(2000).min(1, 'expected some text'),
    stack: text(12_000).optional(),
    page: text(500)
      .optional()
      .describe('The path of the page; what follows `?` or `#` is not kept, ids neither.'),
    release: text(100).optional().describe('Of the client.'),
    userAgent: text(500).optional(),
  })
  .meta({ id: 'ClientErrorReport' })
export type ClientErrorReport = z.infer<typeof ClientErrorReport>
