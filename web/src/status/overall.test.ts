import { describe, expect, it } from 'vitest'
import type { PublicStatus } from '../../../src/contract/status.ts'
import { dayTone, overallOf, uptimeOf } from './overall.ts'

const well: PublicStatus = {
  status: 'ok',
  release: '1',
  simulated: false,
  updatedAt: '2026-11-25T12:00:00.000Z',
  maintenance: null,
  components: [
    { name: 'gateway', status: 'operational', days: [] },
    { name: 'claude', status: 'operational', days: [] },
    { name: 'discord', status: 'off', days: [] },
  ],
  incidents: [],
}
const part = (name: 'claude' | 'discord', status: 'down' | 'degraded') => ({
  components: [...well.components, { name, status, days: [] }],
})
const incident = (severity: 'minor' | 'critical', resolvedAt: string | null) => ({
  incidents: [
    {
      id: '1',
      title: '',
      severity,
      status: 'investigating' as const,
      startedAt: '',
      resolvedAt,
      updates: [],
    },
  ],
})

describe('what is said of everything', () => {
  it.each<[string, Partial<PublicStatus>]>([
    ['operational', {}],
    ['maintenance', { maintenance: { message: '', until: null }, status: 'down' }],
    ['down', { status: 'down' }],
    ['draining', { status: 'draining' }],
    ['partial', part('claude', 'down')],
    ['degraded', part('discord', 'down')],
    ['degraded', part('claude', 'degraded')],
    ['incident', incident('critical', null)],
    ['degraded', incident('minor', null)],
    ['operational', incident('critical', '2026-11-24T12:00:00.000Z')],
  ])('is %s of %j', (overall, change) => {
    expect(overallOf({ ...well, ...change })).toBe(overall)
  })
})

describe('days', () => {
  it('count only where somebody looked', () => {
    expect(uptimeOf([{ uptime: 1 }, { uptime: null }, { uptime: 0.5 }])).toBe(0.75)
    expect(uptimeOf([{ uptime: null }])).toBeNull()
  })
  it('are whole only without a minute missing', () => {
    expect([1, 0.9999, 0.995, 0.5, null].map(dayTone)).toEqual([
      'whole',
      'whole',
      'nearly',
      'partly',
      'unseen',
    ])
  })
})
