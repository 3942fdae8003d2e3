import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A token as Supabase makes one, and a project as it names one. */
export const TOKEN = `sbp_${'0123456789abcdef'.repeat(2)}01234567`
export const PROJECT = 'abcdefghijklmnopqrst'

/** Questions it takes in a minute; once there are more, it takes none for a minute. */
const MOST_A_MINUTE = 60
const MINUTE_MS = 60_000

interface Platform {
  pointInTime: boolean
  /** Between these it can go back to any moment, in seconds since 1970. */
  earliest: number
  latest: number
  backups: { id: number; is_physical_backup: boolean; status: string; inserted_at: string }[]
  /** What the project says of itself, one answer after the other; the last one stays. */
  statuses: string[]
  /** What the project says after an order to go back, one answer after the other. */
  after: string[]
  /** What going back does to the data. */
  goBack: (to: Date) => Promise<void>
}

export interface SupabasePlatform extends Platform {
  url: string
  /** The moments it was told to go back to. */
  orders: Date[]
  /** What was asked: method and path. */
  asked: string[]
  /** Takes no question for a minute, as after too many. */
  block(): void
  close(): Promise<void>
}

/**
 * Supabase's Management API as far as backups go, in memory, that believes nothing: a token of the documented form, the
 * one project that token may, bodies by their schema, the limit of questions. What it cannot prove is that the real one
 * words its refusals so.
 */
export async function startSupabasePlatform(given: Partial<Platform> = {}): Promise<SupabasePlatform> {
  let times: number[] = []
  let blockedUntil = 0

  async function answer(request: IncomingMessage): Promise<[status: number, body?: unknown]> {
    const path = request.url ?? '/'
    platform.asked.push(`${request.method} ${path}`)
    const token = /^Bearer (sbp_(?:oauth_)?[a-f0-9]{40})$/.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined) return [401, { message: 'JWT could not be decoded' }]
    if (token !== TOKEN) return [401, { message: 'Unauthorized' }]
    if (isTooMuch()) return [429, { message: 'ThrottlerException: Too Many Requests' }]
    const [, ref = '', rest = ''] = /^\/v1\/projects\/([^/?]+)(\/.*)?$/.exec(path) ?? []
    if (!/^[a-z]{20}$/.test(ref)) return [400, { message: 'ref: Invalid project ref' }]
    if (ref !== PROJECT) return [403, { message: 'Forbidden resource' }]
    const asked = `${request.method} ${rest}`
    if (asked === 'GET ') return [200, project()]
    if (asked === 'GET /database/backups') return [200, backups()]
    if (asked === 'POST /database/backups/restore-pitr') return order(request)
    return [404, { message: `Cannot ${request.method} ${path}` }]
  }

  function isTooMuch(): boolean {
    const now = performance.now()
    times = [...times.filter((time) => now - time < MINUTE_MS), now]
    if (times.length > MOST_A_MINUTE) blockedUntil = now + MINUTE_MS
    return now < blockedUntil
  }

  function project() {
    const [status = 'UNKNOWN'] = platform.statuses
    if (platform.statuses.length > 1) platform.statuses.shift()
    return { id: PROJECT, ref: PROJECT, name: 'helix', region: 'eu-central-1', status }
  }

  function backups() {
    const { pointInTime, earliest, latest } = platform
    return {
      region: 'eu-central-1',
      walg_enabled: true,
      pitr_enabled: pointInTime,
      backups: platform.backups,
      physical_backup_data: pointInTime
        ? { earliest_physical_backup_date_unix: earliest, latest_physical_backup_date_unix: latest }
        : {},
    }
  }

  async function order(request: IncomingMessage): Promise<[number, unknown?]> {
    if (request.headers['content-type'] !== 'application/json') return [415, { message: 'Unsupported' }]
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>
    const { recovery_time_target_unix: seconds, ...more } = body
    if (!Number.isInteger(seconds) || Number(seconds) < 0 || Object.keys(more).length > 0)
      return [400, { message: 'recovery_time_target_unix: Expected integer' }]
    if (!platform.pointInTime) return [400, { message: 'PITR is not enabled for this project' }]
    if (Number(seconds) < platform.earliest || Number(seconds) > platform.latest)
      return [400, { message: 'Recovery time target is outside of the recovery window' }]
    if (platform.statuses[0] !== 'ACTIVE_HEALTHY') return [400, { message: 'Project is not active' }]
    const to = new Date(Number(seconds) * 1_000)
    platform.orders.push(to)
    await platform.goBack(to)
    platform.statuses = [...platform.after]
    return [201]
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(body === undefined ? undefined : JSON.stringify(body))
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const now = Math.floor(Date.now() / 1_000)
  const platform: SupabasePlatform = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ orders: [], asked: [], pointInTime: true, earliest: now - 7 * 86_400, latest: now, backups: [] },
    statuses: ['ACTIVE_HEALTHY'],
    after: ['ACTIVE_HEALTHY', 'RESTORING', 'RESTORING', 'COMING_UP', 'ACTIVE_HEALTHY'],
    goBack: async () => {},
    ...given,
    block() {
      blockedUntil = performance.now() + MINUTE_MS
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return platform
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
