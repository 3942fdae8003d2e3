import { expect, test } from 'vitest'
import type { Alert, Alerts } from '../src/alerts/alerts.ts'
import { alertOnFirstWords, alertOnRequests } from './alert-on-requests.ts'
import type { Observed } from './middleware/observe.ts'

const SEND: Observed = {
  ...{ method: 'POST', route: '/api/chat/message', status: 200, requestId: 'r', actor: null, bytes: 1 },
  ...{ code: null, durationMs: 100, firstByteMs: null, stream: false, ended: 'whole' },
}

function watch(thresholds = { responseMs: 5_000, streamMs: undefined as number | undefined }) {
  const raised: Alert[] = []
  const alerts: Alerts = {
    raise: (alert) => raised.push(alert),
    recover: () => {},
    open: () => [],
    close: () => {},
  }
  const watcher = alertOnRequests(alerts, thresholds, () => false)
  return {
    raised: () => raised.map(({ message }) => message),
    ended: (more: Partial<Observed>) => watcher.ended({ ...SEND, ...more }),
    firstWords: alertOnFirstWords(alerts, thresholds),
  }
}

test('a reply that takes longer than the threshold is told, streamed or not, and nothing else that is slow', () => {
  const { ended, raised } = watch()
  for (const stream of [false, true]) ended({ stream, durationMs: 4_900 })
  ended({ method: 'GET', route: '/api/export', durationMs: 60_000 })
  expect(raised()).toEqual([])
  for (const stream of [false, true]) ended({ stream, durationMs: 6_200 })
  expect(raised()).toEqual(['A reply took 6.2 s', 'A reply took 6.2 s'])
})

test('a stream may be given longer for the whole, but not for its first words', () => {
  const { ended, raised, firstWords } = watch({ responseMs: 5_000, streamMs: 60_000 })
  ended({ stream: true, durationMs: 30_000 })
  firstWords(1_000)
  expect(raised()).toEqual([])
  firstWords(5_400)
  ended({ stream: false, durationMs: 30_000 })
  ended({ stream: true, durationMs: 61_000 })
  expect(raised()).toEqual([
    'The first words of a reply took 5.4 s',
    'A reply took 30.0 s',
    'A reply took 61.0 s',
  ])
})
