import { describe, expect, it } from 'vitest'
import { json, scriptedGateway } from '../../test/support/scripted-gateway.ts'
import type { PublicStatus } from '../contract/status.ts'
import type { WatchedStatus } from '../contract/watched-status.ts'
import { askStatus, saysTheSame, watchedAfter } from './watched.ts'

const picture: PublicStatus = {
  ...{ status: 'ok', release: '1.0.0', simulated: false, updatedAt: '2026-11-25T12:00:00.000Z' },
  maintenance: null,
  components: [{ name: 'gateway', status: 'operational', days: [{ date: '2026-11-25', uptime: 1 }] }],
  incidents: [],
}
const at = (minute: number) => new Date(Date.UTC(2026, 10, 25, 12, minute))
const answering = (status: PublicStatus, minute: number, before?: WatchedStatus) =>
  watchedAfter(before, { away: false, status }, at(minute))
const silent = (minute: number, before?: WatchedStatus) =>
  watchedAfter(before, { away: true, status: undefined }, at(minute))

describe('what is said of the gateway elsewhere', () => {
  it('is its picture while it answers', () => {
    expect(answering(picture, 5)).toEqual({ lookedAt: at(5).toISOString(), awaySince: null, status: picture })
  })

  it('is the last picture while it does not, and since when: from the first time that was seen', () => {
    const first = silent(10, answering(picture, 5))
    const second = silent(15, first)
    expect(second).toEqual({
      lookedAt: at(15).toISOString(),
      awaySince: at(10).toISOString(),
      status: picture,
    })
    expect(answering(picture, 20, second).awaySince).toBeNull()
  })

  it('keeps the last picture of a gateway that answers, but gives none', () => {
    const said = watchedAfter(answering(picture, 5), { away: false, status: undefined }, at(10))
    expect(said).toMatchObject({ awaySince: null, status: picture })
  })

  it('is the same where only the time went on', () => {
    const [component] = picture.components
    const later = {
      ...picture,
      updatedAt: at(10).toISOString(),
      components: component ? [{ ...component, days: [{ date: '2026-11-25', uptime: 0.9 }] }] : [],
    }
    expect(saysTheSame(answering(picture, 5), answering(later, 10))).toBe(true)
    expect(saysTheSame(answering(picture, 5), answering({ ...picture, status: 'degraded' }, 10))).toBe(false)
    expect(saysTheSame(answering(picture, 5), silent(10, answering(picture, 5)))).toBe(false)
    expect(saysTheSame(undefined, silent(10))).toBe(false)
  })
})

it('takes the picture of the first gateway that gives one', async () => {
  const { signal } = new AbortController()
  const [odd, good] = await Promise.all([
    scriptedGateway(() => json({ hello: 1 })),
    scriptedGateway(() => json(picture)),
  ])
  try {
    expect(await askStatus(['http://127.0.0.1:9', odd.url, good.url], signal)).toEqual(picture)
    expect(await askStatus([odd.url], signal)).toBeUndefined()
  } finally {
    await Promise.all([odd.close(), good.close()])
  }
})
