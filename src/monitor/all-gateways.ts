import type { Admin } from '../client/admin.ts'
import type { AdminOverview, Series } from '../contract/admin/overview.ts'
import { asHelixError } from '../errors.ts'
import type { AlertPicture, Course, Numbers, Picture } from './picture.ts'

/** How far back courses go, in minutes. */
const MINUTES = 40
/** How long nobody is asked anew who refused: whoever is not the creator will not be in a moment. */
const REFUSED_MS = 60_000

/** What the database knows of all gateways together. */
export interface AllSeen {
  numbers: Numbers
  courses: Picture['courses']
  alerts: AlertPicture[]
  provedRestoreAt: string | null
}

type Asked = Pick<Admin, 'overview' | 'series'>

/** Asks as the creator what all gateways do together. Resolves to why that cannot be had, where it cannot. */
export function watchAll(admin: () => Promise<Asked>, signal: AbortSignal) {
  let series: { minute: number; answer: Series } | undefined
  let refused: { until: number; why: string } | undefined

  async function seriesNow(client: Asked): Promise<Series> {
    const minute = Math.floor(Date.now() / 60_000)
    if (series?.minute === minute) return series.answer
    const answer = await client.series(MINUTES, signal)
    series = { minute, answer }
    return answer
  }

  return async function look(): Promise<AllSeen | string> {
    if (refused && performance.now() < refused.until) return refused.why
    try {
      const client = await admin()
      const [overview, { points }] = await Promise.all([client.overview(signal), seriesNow(client)])
      refused = undefined
      return {
        numbers: numbersOf(overview, points),
        courses: coursesOf(points),
        alerts: overview.alerts,
        provedRestoreAt: overview.backups.provedAt,
      }
    } catch (error) {
      const { message, code } = asHelixError(error)
      const lasting = ['forbidden', 'unauthorized', 'gateway_unreachable', 'scope_missing'].includes(code)
      refused = { until: lasting ? performance.now() + REFUSED_MS : 0, why: message }
      return message
    }
  }
}

function numbersOf({ live }: AdminOverview, points: Series['points']): Numbers {
  const last = points.at(-1)
  return {
    requestsPerMinute: live.requestsPerMinute,
    errorRate: live.errorRate,
    responseMs: { p50: last?.responseMs.p50 ?? null, p95: live.responseP95Ms },
    ttftMs: last?.ttftMs ?? { p50: null, p95: null },
    openStreams: live.openStreams,
    openReplies: live.openReplies,
    costPerHourUsd: live.costLastHourNanoUsd / 1e9,
    outboxAgeSeconds: live.outboxAgeSeconds,
    databaseQueue: null,
  }
}

function coursesOf(points: Series['points']): Picture['courses'] {
  const of = (pick: (point: Series['points'][number]) => number | null): Course => points.map(pick)
  return {
    responseP95Ms: of(({ responseMs }) => responseMs.p95),
    ttftP95Ms: of(({ ttftMs }) => ttftMs.p95),
    requests: of(({ requests }) => requests),
    errorRate: of(({ requests, errors }) => (requests === 0 ? null : errors / requests)),
    openStreams: of(({ openStreams }) => openStreams),
    costUsd: of(({ costNanoUsd }) => costNanoUsd / 1e9),
  }
}
