import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  PROJECT,
  type SupabasePlatform,
  startSupabasePlatform,
  TOKEN,
} from '../../test/support/supabase-platform.ts'
import type { Config } from '../config/config.ts'
import { Secret } from '../config/secret.ts'
import { hostApi } from '../host-api.ts'
import { assertCanGoBackTo, platformBackups } from './backups.ts'
import { goBackTo } from './go-back.ts'
import { projectRef } from './project.ts'

let platform: SupabasePlatform
beforeEach(async () => {
  platform = await startSupabasePlatform()
})
afterEach(() => platform.close())

const { signal } = new AbortController()
const api = (token = TOKEN) =>
  hostApi({ name: 'Supabase', url: platform.url, token: new Secret(token), signal, pauseMs: 1 })
const at = (seconds: number) => new Date(seconds * 1_000)

describe('what Supabase keeps itself', () => {
  it('is told: any moment between two, and each day, newest first', async () => {
    platform.backups = [
      { id: 1, is_physical_backup: true, status: 'COMPLETED', inserted_at: '2026-11-24T02:00:00Z' },
      { id: 2, is_physical_backup: true, status: 'FAILED', inserted_at: '2026-11-25T02:00:00Z' },
    ]
    const kept = await platformBackups(api(), PROJECT)
    expect(kept).toMatchObject({
      ...{ project: PROJECT, region: 'eu-central-1', pointInTime: true },
      earliest: at(platform.earliest).toISOString(),
      latest: at(platform.latest).toISOString(),
    })
    expect(kept.backups.map(({ status }) => status)).toEqual(['FAILED', 'COMPLETED'])
  })

  it('has no moment to go back to where that is off, or before it begins', async () => {
    platform.pointInTime = false
    const off = await platformBackups(api(), PROJECT)
    expect(off).toMatchObject({ pointInTime: false, earliest: null, latest: null })
    expect(() => assertCanGoBackTo(at(platform.latest), off)).toThrow('is off')
    platform.pointInTime = true
    const on = await platformBackups(api(), PROJECT)
    expect(() => assertCanGoBackTo(at(platform.earliest - 1), on)).toThrow('cannot go back')
    expect(() => assertCanGoBackTo(at(platform.latest + 1), on)).toThrow('cannot go back')
    expect(() => assertCanGoBackTo(at(platform.latest), on)).not.toThrow()
  })

  it('is not told to a token that is no token, nor of a project of others', async () => {
    await expect(platformBackups(api('sbp_short'), PROJECT)).rejects.toMatchObject({ code: 'unauthorized' })
    const others = platformBackups(api(), 'zzzzzzzzzzzzzzzzzzzz')
    await expect(others).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(platformBackups(api(), 'x')).rejects.toMatchObject({ code: 'host_failed' })
  })

  it('is not asked for again and again while Supabase takes no questions', async () => {
    platform.block()
    await expect(platformBackups(api(), PROJECT)).rejects.toMatchObject({ code: 'rate_limited' })
    expect(platform.asked.length).toBeLessThanOrEqual(5)
  })
})

describe('going back to a moment', () => {
  const seen: string[] = []
  const goBack = (seconds: number, given: Partial<Parameters<typeof goBackTo>[0]> = {}) => {
    seen.length = 0
    return goBackTo({
      ...{ api: api(), project: PROJECT, at: at(seconds), everyMs: 5, beginMs: 100, mostMs: 5_000 },
      onStatus: (status) => seen.push(status),
      ...given,
    })
  }

  it('waits until the project was away and is well again', async () => {
    await goBack(platform.latest - 60)
    expect(platform.orders).toEqual([at(platform.latest - 60)])
    expect(seen).toEqual(['ACTIVE_HEALTHY', 'RESTORING', 'COMING_UP', 'ACTIVE_HEALTHY'])
  })

  it('does not take a project for restored that never went away', async () => {
    platform.after = ['ACTIVE_HEALTHY']
    await expect(goBack(platform.latest)).rejects.toMatchObject({
      code: 'restore_failed',
      message: expect.stringContaining('nothing was seen to happen'),
    })
  })

  it.each(['RESTORE_FAILED', 'INIT_FAILED'])('says so when the project ends as %s', async (status) => {
    platform.after = ['RESTORING', status]
    await expect(goBack(platform.latest)).rejects.toMatchObject({
      code: 'restore_failed',
      message: expect.stringContaining(status),
    })
  })

  it('gives the order once, whatever is answered, and passes on why it was refused', async () => {
    await expect(goBack(platform.earliest - 10)).rejects.toMatchObject({
      code: 'host_failed',
      hint: expect.stringContaining('outside of the recovery window'),
    })
    expect(platform.asked.filter((asked) => asked.startsWith('POST'))).toHaveLength(1)
  })

  it('outlasts that nothing can be asked for a while', async () => {
    const blocked = goBack(platform.latest, { onStatus: () => platform.block(), mostMs: 300 })
    await expect(blocked).rejects.toMatchObject({ code: 'restore_failed' })
  })
})

describe('which project it is', () => {
  const ref = (url: string, dbUrl?: string) =>
    projectRef({ supabase: { url, ...(dbUrl && { dbUrl: new Secret(dbUrl) }) } } as Pick<Config, 'supabase'>)

  it.each([
    [`https://${PROJECT}.supabase.co`, undefined],
    ['https://auth.example.com', `postgresql://postgres:x@db.${PROJECT}.supabase.co:5432/postgres`],
    [
      'https://auth.example.com',
      `postgresql://postgres.${PROJECT}:x@aws-0-eu-central-1.pooler.supabase.com:5432/postgres`,
    ],
  ])('is found in %s and %s', (url, dbUrl) => expect(ref(url, dbUrl)).toBe(PROJECT))

  it('is asked for where no address has it', () => {
    expect(() => ref('http://127.0.0.1:54321')).toThrow('Nobody knows which project')
  })
})
