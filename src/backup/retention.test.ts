import { expect, it } from 'vitest'
import type { ListedBackup } from './list.ts'
import type { Manifest } from './manifest.ts'
import { planRetention } from './retention.ts'

const NOW = new Date('2026-11-25T12:00:00Z')

function backup(at: string, damage?: string): ListedBackup {
  const { format: _, ...manifest } = { format: 1, at: new Date(at).toISOString() }
  return { id: at, manifest: manifest as Manifest, damage }
}

const kept = (...given: Parameters<typeof planRetention>) => planRetention(...given).keep.map(({ id }) => id)
const none = new Map<string, string>()
const NOTHING = { days: 0, weeks: 0, months: 0 }

it('keeps the newest of each of the last days, weeks and months that have one', () => {
  const nightly = Array.from({ length: 400 }, (_, days) =>
    new Date(NOW.getTime() - days * 86_400_000).toISOString(),
  )
  const ids = kept(
    nightly.map((at) => backup(at)),
    none,
    { days: 7, weeks: 4, months: 12 },
    NOW,
  )
  const dates = ids.map((id) => id.slice(0, 10))
  expect(dates.slice(0, 7)).toEqual([
    ...['2026-11-25', '2026-11-24', '2026-11-23', '2026-11-22', '2026-11-21', '2026-11-20', '2026-11-19'],
  ])
  // Sundays end their weeks, last days their months.
  expect(dates.slice(7)).toEqual([
    ...['2026-11-15', '2026-11-08', '2026-10-31', '2026-09-30', '2026-08-31', '2026-07-31', '2026-06-30'],
    ...['2026-05-31', '2026-04-30', '2026-03-31', '2026-02-28', '2026-01-31', '2025-12-31'],
  ])
})

it('never lets the newest or the last proved go, nor any of the last day', () => {
  const backups = [
    '2026-11-25T11:00:00Z',
    '2026-11-25T10:00:00Z',
    '2026-11-01T00:00:00Z',
    '2026-10-01T00:00:00Z',
  ]
  const proved = new Map([
    ['2026-10-01T00:00:00Z', '2026-11-02T00:00:00.000Z'],
    ['2026-11-01T00:00:00Z', '2026-11-01T08:00:00.000Z'],
  ])
  const plan = planRetention(
    backups.map((at) => backup(at)),
    proved,
    NOTHING,
    NOW,
  )
  expect(plan.remove).toEqual(['2026-11-01T00:00:00Z'])
  expect(plan.keep).toContainEqual({ id: '2026-10-01T00:00:00Z', why: 'the last proved' })
  expect(kept([backup('2020-01-01T00:00:00Z')], none, NOTHING, NOW)).toEqual(['2020-01-01T00:00:00Z'])
})

it('lets no damaged one stand for a good one, and removes none', () => {
  const backups = [
    backup('2026-11-20T23:00:00Z', 'cut'),
    backup('2026-11-20T01:00:00Z'),
    backup('2026-11-19T01:00:00Z'),
  ]
  const plan = planRetention(backups, none, { days: 1, weeks: 0, months: 0 }, NOW)
  expect(plan.keep.map(({ id }) => id)).toEqual(['2026-11-20T01:00:00Z'])
  expect(plan.remove).toEqual(['2026-11-19T01:00:00Z'])
})

it('takes a proof of a damaged one for none', () => {
  const backups = [
    backup('2026-11-20T23:00:00Z', 'cut'),
    backup('2026-11-19T01:00:00Z'),
    backup('2026-11-18T01:00:00Z'),
  ]
  const proved = new Map([
    ['2026-11-20T23:00:00Z', '2026-11-21T00:00:00.000Z'],
    ['2026-11-18T01:00:00Z', '2026-11-19T00:00:00.000Z'],
  ])
  expect(kept(backups, proved, NOTHING, NOW)).toEqual(['2026-11-19T01:00:00Z', '2026-11-18T01:00:00Z'])
})
