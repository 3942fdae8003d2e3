import { z } from 'zod'

/** What anyone who is held back is told. */
export const MaintenanceNotice = z
  .object({
    message: z.string().describe('What the operator says, as plain text.'),
    until: z.iso.datetime().nullable().describe('When it ends by itself; null when it ends by hand.'),
    readOnly: z.boolean().describe('Whether reading goes on and only what changes something is refused.'),
  })
  .meta({ id: 'MaintenanceNotice', description: 'Maintenance, as anyone may know it.' })

/** The same with what tells one change from the next, so that whoever made it sees that it has arrived. */
export const MaintenanceInForce = MaintenanceNotice.extend({
  revision: z.string().describe('Another one with every change of it.'),
}).meta({ id: 'MaintenanceInForce' })
export type MaintenanceInForce = z.infer<typeof MaintenanceInForce>

/** The most networks that may be let through. */
const MOST_NETWORKS = 100

export const ChangeMaintenance = z
  .strictObject({
    active: z.boolean().describe('Whether there is maintenance from now on.'),
    message: z
      .string()
      .transform((message) => message.toWellFormed().trim())
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
      .refine((message) => !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(message), 'expected plain text')
      .refine((message) => message.length >= 1 && message.length <= 500, 'expected 1 to 500 characters')
      .optional()
      .describe('What people are told: 1 to 500 characters. Without it, that Helix will be back.'),
    until: z.iso
      .datetime({ offset: true })
      .nullable()
      .default(null)
      .describe('When it ends by itself; a time to come. Without it, it ends by hand.'),
    readOnly: z.boolean().default(false).describe('Let reading go on; refuse what changes something.'),
    allow: z
      .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'expected an address or a network'))
      .max(MOST_NETWORKS)
      .default([])
      .describe('Addresses and networks that notice nothing: `203.0.113.7`, `10.0.0.0/8`.'),
  })
  .meta({ id: 'ChangeMaintenance' })
export type ChangeMaintenance = z.infer<typeof ChangeMaintenance>

/** The header that carries a bypass. */
export const BYPASS_HEADER = 'X-Helix-Bypass'

export const MaintenanceState = z
  .object({
    active: z.boolean(),
    since: z.iso.datetime().nullable().describe('When it began; null when there is none.'),
    message: z.string().nullable(),
    until: z.iso.datetime().nullable(),
    readOnly: z.boolean(),
    allow: z.array(z.string()),
    revision: z.string().nullable().describe('As `/health` shows it while it is in force.'),
    bypass: z
      .object({
        link: z.string().describe('Opened in a browser it lets that browser through, by a cookie.'),
        token: z.string().describe(`What programs send in the header \`${BYPASS_HEADER}\`.`),
        expiresAt: z.iso.datetime(),
      })
      .nullable()
      .describe('How an operator passes while it lasts; made anew with every answer.'),
  })
  .meta({ id: 'MaintenanceState', description: 'Maintenance, as the creator sees it.' })
export type MaintenanceState = z.infer<typeof MaintenanceState>
