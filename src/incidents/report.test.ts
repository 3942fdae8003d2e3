import { expect, test } from 'vitest'
import type { Incident } from '../contract/incidents.ts'
import { incidentReport, inMessages } from './report.ts'

const INCIDENT: Incident = {
  id: '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01',
  title: 'Replies\nare slow',
  severity: 'major',
  status: 'resolved',
  startedAt: '2026-11-25T09:00:00.000Z',
  resolvedAt: '2026-11-25T11:05:00.000Z',
  updates: [
    { at: '2026-11-25T11:05:00.000Z', status: 'resolved', message: 'Mended.' },
    { at: '2026-11-25T09:00:00.000Z', status: 'investigating', message: 'We look.' },
  ],
}

test('a report tells what happened when, from the beginning on', () => {
  const report = incidentReport(INCIDENT, new Date())
  expect(report.split('\n')[0]).toBe('# Replies are slow')
  expect(report).toContain('- Resolved: 2026-11-25 11:05 UTC, after 2 h 5 min')
  expect(report.indexOf('We look.')).toBeLessThan(report.indexOf('Mended.'))
  expect(report).toContain('**2026-11-25 11:05 UTC**, resolved (2 h 5 min in)')
})

test('a report of one that is open says for how long', () => {
  const open: Incident = { ...INCIDENT, status: 'monitoring', resolvedAt: null }
  expect(incidentReport(open, new Date('2026-11-27T13:00:00Z'))).toContain('- Open for 2 d 4 h')
})

test('what is posted fits into messages, and none of it is lost', () => {
  const long = Array.from({ length: 60 }, (_, n) => `line ${n} ${'x'.repeat(n * 90)}`).join('\n')
  const messages = inMessages(long)
  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThanOrEqual(1_900)
  expect(messages.join('').replaceAll(/\s/g, '')).toBe(long.replaceAll(/\s/g, ''))
})
