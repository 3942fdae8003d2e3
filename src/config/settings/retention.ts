import { integer } from './kind.ts'
import { setting } from './setting.ts'

/** What is kept for how long. */
export const retentionSettings = {
  retention: {
    conversationDays: setting({
      kind: integer(1, 36_500),
      doc: 'Days after which a conversation is deleted in which nothing more was written.',
      example: 365,
      otherwise: 'they stay',
    }),
    deletedDays: setting({
      kind: integer(0, 3_650),
      doc: 'Days after which what a deleted conversation held is erased from the database.',
      example: 0,
      fallback: 7,
    }),
    eventsHours: setting({
      kind: integer(1, 720),
      doc: 'Hours for which a device that was away can catch up event by event.',
      example: 72,
      fallback: 24,
    }),
    trafficDays: setting({
      kind: integer(1, 400),
      doc: 'Days for which the minutes of the traffic are kept that the administration shows.',
      example: 30,
      fallback: 7,
    }),
  },
}
