import { z } from 'zod'

export const tag = 'Built-in sign-in'

/** Where a mailed link leads in the end. */
export const redirect = z.object({
  redirect_to: z
    .string()
    .optional()
    .describe('Where the mailed link leads: an address of this gateway, of its page or of `web.origins`.'),
})

/** What is answered to who asks for a mail, whoever has the address. */
export const asked = { 200: { description: 'An empty object.', schema: z.object({}) } }
