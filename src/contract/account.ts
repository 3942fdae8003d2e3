import { z } from 'zod'

/** What confirms a deletion where the account's address is not at hand, or there is none. */
export const DELETION_PHRASE = 'delete my account'

/** How long after signing in a person may delete their account, in seconds. */
export const FRESH_SECONDS = 600

export const DeleteAccountRequest = z
  .strictObject({
    confirm: z.string().max(320).describe(`The account’s email address, or \`${DELETION_PHRASE}\`.`),
  })
  .meta({ id: 'DeleteAccountRequest' })
export type DeleteAccountRequest = z.infer<typeof DeleteAccountRequest>
