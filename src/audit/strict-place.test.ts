import { expect, test } from 'vitest'
import { HelixError } from '../errors.ts'
import { auditOver } from './audit.ts'
import type { Channel, NewEntry } from './entry.ts'
import type { EntryPlace } from './place.ts'
import { strictPlace } from './strict-place.ts'

const ACT: NewEntry = {
  channel: 'file-changes',
  kind: 'file.write.start',
  actor: 'cli:a',
  data: { path: 'x' },
}
const unavailable = new HelixError('audit_unavailable', 'Discord does not have the intent')

function over(wait: (channel: Channel, seq: number) => Promise<void>) {
  const entries: NewEntry[] = []
  const append = async (entry: NewEntry) => entries.push(entry)
  const place: EntryPlace = { append, begin: append, renew: async () => {}, end: (_, entry) => append(entry) }
  return { audit: auditOver(strictPlace(place, wait)), entries }
}

test('an act waits for its intent, and an outcome or a note for nothing', async () => {
  const order: string[] = []
  const { audit, entries } = over(async (channel, seq) => {
    order.push(`${channel} ${seq} confirmed`)
  })
  await audit.append({ ...ACT, kind: 'user.seen' })
  await audit.act(ACT, () => order.push('done'))
  expect(order).toEqual(['file-changes 2 confirmed', 'done'])
  expect(entries.map(({ kind }) => kind)).toEqual(['user.seen', 'file.write.start', 'file.write.end'])
  await audit.intent(ACT)
  expect(order.at(-1)).toBe('file-changes 4 confirmed')
})

test('without a confirmation nothing is done, the caller hears why, and the intent is closed as refused', async () => {
  const { audit, entries } = over(() => Promise.reject(unavailable))
  let done = false
  const act = audit.act(ACT, () => {
    done = true
  })
  await expect(act).rejects.toBe(unavailable)
  expect(done).toBe(false)
  expect(entries.at(-1)).toEqual({
    ...ACT,
    kind: 'file.write.end',
    data: { outcome: 'refused', code: 'audit_unavailable', intent: 1 },
  })
  await expect(audit.intent(ACT)).rejects.toBe(unavailable)
  expect(entries.at(-1)?.data).toMatchObject({ outcome: 'refused', intent: 3 })
})
