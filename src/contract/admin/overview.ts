import { z } from 'zod'
import { Health } from '../health.ts'
import { Incident } from '../incidents.ts'

/** The longest series, in minutes: what is kept. */
const MOST_MINUTES = 7 * 24 * 60

export const AdminOverview = z
  .object({
    at: z.iso.datetime(),
    health: Health.describe('Of the gateway that answers.'),
    gateways: z
      .array(
        z.object({
          instance: z.uuid(),
          release: z.string(),
          startedAt: z.iso.datetime(),
          heardAt: z.iso.datetime(),
          openStreams: z.int(),
          memoryBytes: z.int(),
        }),
      )
      .describe('Those heard from within the last 30 seconds, longest running first.'),
    live: z
      .object({
        openStreams: z
          .int()
          .describe('Replies being made and event streams being followed, on all gateways.'),
        openReplies: z.int(),
        requestsPerMinute: z.int().describe('In the last whole minute.'),
        errorRate: z.number().min(0).max(1).nullable().describe('5xx of these; null where there were none.'),
        responseP95Ms: z.number().nullable(),
        costLastHourNanoUsd: z.int(),
        outboxAgeSeconds: z
          .number()
          .nullable()
          .describe(
            'How long the oldest entry had waited for Discord at the last heartbeat; null where that is too long ago to be found.',
          ),
      })
      .describe('All gateways together.'),
    today: z
      .object({
        messages: z.int().describe('Sent by people.'),
        replies: z.int(),
        failedReplies: z.int(),
        activePeople: z.int(),
        newPeople: z.int(),
        costNanoUsd: z.int(),
      })
      .describe('On this UTC day, as counted a few seconds ago.'),
    people: z.object({ total: z.int(), suspended: z.int() }),
    month: z
      .object({
        costNanoUsd: z.int(),
        limitNanoUsd: z.int().nullable().describe('What replies to everyone may cost; null without a limit.'),
      })
      .describe('This UTC month.'),
    openIncidents: z.array(Incident),
    backups: z
      .object({ madeAt: z.iso.datetime().nullable(), provedAt: z.iso.datetime().nullable() })
      .describe('When the newest was made, and when a restore was last proved; null for never.'),
    alerts: z
      .array(
        z.object({
          at: z.iso.datetime(),
          alert: z.string(),
          severity: z.string().describe('`critical`, `warning`, or `info` for what is news.'),
          state: z.enum(['raised', 'recovered']),
          message: z.string().describe('Empty where it is over.'),
        }),
      )
      .describe('The newest of the log, newest first, as read a few seconds ago.'),
    feedback: z.object({ up: z.int(), down: z.int() }).describe('Of the last seven days.'),
    clientErrors: z.int().describe('Kinds seen within the last day.'),
    audit: z.object({ log: z.string(), size: z.int(), openIntents: z.int() }),
  })
  .meta({ id: 'AdminOverview', description: 'How everything stands, at one glance.' })
export type AdminOverview = z.infer<typeof AdminOverview>

export const SeriesQuery = z.strictObject({
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_MINUTES)
    .default(60)
    .describe(`How far back, up to now: at most ${MOST_MINUTES}, seven days.`),
  step: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('Minutes a point stands for; by itself so that there are at most 360 points.'),
})
export type SeriesQuery = z.infer<typeof SeriesQuery>

const ms = z.number().nullable()

export const SeriesPoint = z
  .object({
    at: z.iso.datetime().describe('When its time began.'),
    requests: z.int().describe('Answered, health checks and static pages left out.'),
    errors: z.int().describe('5xx of these.'),
    responseMs: z
      .object({ p50: ms, p95: ms, p99: ms })
      .describe('To the end of an answer, streams left out; null where there was none.'),
    ttftMs: z.object({ p50: ms, p95: ms }).describe('To the first token of a reply.'),
    openStreams: z.int().describe('The most there were at the end of a minute.'),
    costNanoUsd: z.int(),
  })
  .meta({ id: 'SeriesPoint' })
export type SeriesPoint = z.infer<typeof SeriesPoint>

export const Series = z
  .object({
    step: z.int().describe('Minutes a point stands for.'),
    points: z
      .array(SeriesPoint)
      .describe('Without gaps, oldest first; the last is of the minute before this one.'),
  })
  .meta({ id: 'Series', description: 'The traffic of all gateways together.' })
export type Series = z.infer<typeof Series>
