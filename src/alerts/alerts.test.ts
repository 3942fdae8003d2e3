import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { NewEntry } from '../audit/entry.ts'
import { type Alert, createAlerts } from './alerts.ts'

const FAILED: Alert = {
  alert: 'upstream_failed',
  severity: 'critical',
  message: 'A call failed',
  quietMs: 60,
}

function start(append: (entry: NewEntry) => Promise<unknown> = async () => {}) {
  const entries: NewEntry[] = []
  const alerts = createAlerts({
    append: async (entry) => {
      await append(entry)
      entries.push(entry)
    },
    actor: 'gateway:test',
    onError: () => {},
    tickMs: 10,
  })
  onTestFinished(alerts.close)
  return { alerts, entries, kinds: () => entries.map(({ kind }) => kind) }
}

test('what happens again and again is told once, and once more when it is over', async () => {
  const { alerts, entries, kinds } = start()
  for (let i = 0; i < 5; i += 1) alerts.raise({ ...FAILED, facts: { model: 'm' } })
  await expect.poll(kinds).toEqual(['alert.raised', 'alert.recovered'])
  expect(entries).toMatchObject([
    {
      channel: 'alerts',
      data: { alert: 'upstream_failed', severity: 'critical', message: 'A call failed', model: 'm' },
    },
    { channel: 'alerts', data: { alert: 'upstream_failed', times: 5 } },
  ])
  alerts.raise(FAILED)
  await expect.poll(kinds).toEqual(['alert.raised', 'alert.recovered', 'alert.raised', 'alert.recovered'])
})

test('what does not end by itself ends when somebody says so', async () => {
  const { alerts, kinds } = start()
  alerts.raise({ ...FAILED, quietMs: null })
  await sleep(150)
  expect(kinds()).toEqual(['alert.raised'])
  alerts.recover('upstream_failed')
  alerts.recover('upstream_failed')
  await expect.poll(kinds).toEqual(['alert.raised', 'alert.recovered'])
})

test('what cannot be written now is written when it can be, in order', async () => {
  let away = true
  const { alerts, entries } = start(async () => {
    if (away) throw new Error('away')
  })
  alerts.raise({ ...FAILED, quietMs: null })
  alerts.raise({ ...FAILED, alert: 'http_5xx', quietMs: null })
  await sleep(50)
  expect(entries).toEqual([])
  away = false
  await expect.poll(() => entries.map(({ data }) => data.alert)).toEqual(['upstream_failed', 'http_5xx'])
})
