import type { AdminOverview } from '../../../src/contract/admin/overview.ts'
import type { Format } from '../format/format.ts'
import type { Catalog } from '../text/en.ts'
import type { Reading } from './readings.tsx'

/** From here on a share of failed answers is worth a look. */
const ALARMING_RATE = 0.01
/** From here on a response is slow, in ms; the gateway raises an alert then too. */
const SLOW_MS = 5_000

type Text = Catalog['admin']

/** What happens at this moment, on all gateways. */
export function nowReadings({ live }: AdminOverview, { now }: Text, format: Format): Reading[] {
  return [
    { name: now.requests, value: format.count(live.requestsPerMinute) },
    {
      name: now.errorRate,
      value: live.errorRate === null ? '–' : format.percent(live.errorRate),
      alarm: (live.errorRate ?? 0) >= ALARMING_RATE,
    },
    {
      name: now.p95,
      value: live.responseP95Ms === null ? '–' : format.duration(live.responseP95Ms),
      alarm: (live.responseP95Ms ?? 0) >= SLOW_MS,
    },
    { name: now.streams, value: format.count(live.openStreams) },
    { name: now.replies, value: format.count(live.openReplies) },
    { name: now.cost, value: format.money(live.costLastHourNanoUsd) },
  ]
}

/** What happened on this UTC day. */
export function todayReadings({ today }: AdminOverview, text: Text, format: Format): Reading[] {
  return [
    { name: text.today.messages, value: format.count(today.messages) },
    { name: text.today.replies, value: format.count(today.replies) },
    { name: text.today.failed, value: format.count(today.failedReplies), alarm: today.failedReplies > 0 },
    { name: text.today.active, value: format.count(today.activePeople) },
    { name: text.today.fresh, value: format.count(today.newPeople) },
    { name: text.today.cost, value: format.money(today.costNanoUsd) },
  ]
}

/** What has come together. */
export function standingReadings(
  overview: AdminOverview,
  { standing: text }: Text,
  format: Format,
): Reading[] {
  const { people, month, feedback, audit } = overview
  const cost = format.money(month.costNanoUsd)
  const rated = feedback.up + feedback.down
  const limit = month.limitNanoUsd === null ? undefined : format.money(month.limitNanoUsd)
  return [
    {
      name: text.people,
      value: format.count(people.total),
      note: text.suspended(people.suspended, format.count(people.suspended)),
    },
    { name: text.month, value: cost, note: limit && text.of(limit) },
    {
      name: text.feedback,
      value: rated === 0 ? '–' : format.percent(Math.round((feedback.up / rated) * 100) / 100),
      note: text.thumbs(format.count(feedback.up), format.count(feedback.down)),
    },
    { name: text.errors, value: format.count(overview.clientErrors), alarm: overview.clientErrors > 0 },
    { name: text.audit, value: format.count(audit.size) },
    { name: text.intents, value: format.count(audit.openIntents), alarm: audit.openIntents > 0 },
  ]
}
