import { appendFile, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLogFile } from '../log/log-file.ts'
import { fileSource } from './file-source.ts'
import { statusRange, wanted } from './filter.ts'
import { LOG_KEEPERS } from './keepers.ts'
import { mergeKept, mergeLive } from './merge.ts'
import { type LogRecord, readRecord } from './record.ts'
import type { LogSource } from './source.ts'
import { parseWhen } from './when.ts'

const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 12, 0, second)).toISOString()
const line = (second: number, facts: object = {}) =>
  JSON.stringify({ level: 'info', at: at(second), event: 'request', ...facts })
const record = (text: string) => readRecord({ text }, 'a') as LogRecord

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-logs-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a line', () => {
  it('is cleaned once more, whoever wrote it', () => {
    const key = `sk-ant-${'api03-'.padEnd(90, 'x1Y')}`
    const told = record(
      line(1, { message: `\u001b[31mred ${key} ada@example.com\u202e`, password: 'hunter2!' }),
    )
    const text = JSON.stringify(told)
    for (const hidden of [key, 'ada@example.com', 'hunter2!', '\\u001b', '\u202e'])
      expect(text).not.toContain(hidden)
    expect(told).toMatchObject({ host: 'a', at: at(1), level: 'info', event: 'request' })
  })

  it('that is none of the log is what Node itself says, with the time it was kept at', () => {
    const said = readRecord({ text: 'Error: token=abcdefghijklmnop1234\r', at: new Date(at(2)) }, 'b')
    expect(said).toMatchObject({ at: at(2), level: 'error', event: 'text', host: 'b' })
    expect(JSON.stringify(said)).not.toContain('abcdefghijklmnop1234')
    expect(readRecord({ text: '{"not":"a line"}' }, 'b')).toMatchObject({ event: 'text' })
    expect(readRecord({ text: '  ' }, 'b')).toBeUndefined()
  })
})

it('is found by level, status, person, request, words and time, all together', () => {
  const told = record(
    line(5, { level: 'warn', status: 404, actor: 'person:1', requestId: '0b6c-1', route: '/x' }),
  )
  const fits = (filter: object) => wanted({ statuses: [], ...filter })(told)
  expect(fits({})).toBe(true)
  expect([fits({ level: 'warn' }), fits({ level: 'error' })]).toEqual([true, false])
  const statuses = ['4xx', '404', '400-404', '5xx', '405'].map((text) =>
    fits({ statuses: [statusRange(text)] }),
  )
  expect(statuses).toEqual([true, true, true, false, false])
  expect([fits({ actor: 'person:1' }), fits({ actor: 'person:12' })]).toEqual([true, false])
  expect([fits({ request: '0b6c' }), fits({ request: 'b6c' })]).toEqual([true, false])
  expect([fits({ grep: /route.*x/i }), fits({ grep: /nothing/ })]).toEqual([true, false])
  const second = (n: number) => new Date(at(n))
  expect([fits({ since: second(5) }), fits({ since: second(6) }), fits({ until: second(5) })]).toEqual([
    true,
    false,
    false,
  ])
  expect(['6xx', '4x', '404-', '99'].map(statusRange)).toEqual([undefined, undefined, undefined, undefined])
})

it('knows moments as people write them', () => {
  const now = new Date(at(30))
  expect(parseWhen('10s', now)?.toISOString()).toBe(at(20))
  expect(parseWhen('1h30m', now)?.toISOString()).toBe('2026-11-25T10:30:30.000Z')
  expect(parseWhen('2026-11-25', now)?.toISOString()).toBe('2026-11-25T00:00:00.000Z')
  expect(parseWhen(at(3), now)?.toISOString()).toBe(at(3))
  expect(['soon', '10', '2026-13-45', '-1h'].map((text) => parseWhen(text, now))).toEqual(
    Array(4).fill(undefined),
  )
})

describe('several places', () => {
  const place = (name: string, seconds: number[], wait = 0, failing = false): LogSource => {
    async function* lines() {
      for (const second of seconds) {
        await sleep(wait)
        yield readRecord({ text: line(second) }, name) as LogRecord
      }
      if (failing) throw new Error('cut')
    }
    return { name, read: lines, follow: lines }
  }
  const { signal } = new AbortController()

  it('are read in order of time, and one that is lost does not stop the others', async () => {
    const lost: string[] = []
    const sources = [place('a', [1, 4, 7], 3), place('b', [2, 3, 8]), place('c', [5], 1, true)]
    const order: string[] = []
    const onLost = ({ name }: LogSource) => void lost.push(name)
    for await (const { host, at: when } of mergeKept(sources, { since: undefined, signal, onLost }))
      order.push(`${host}${new Date(when).getUTCSeconds()}`)
    expect(order.join(' ')).toBe('a1 b2 b3 a4 c5 a7 b8')
    expect(lost).toEqual(['c'])
  })

  it('are followed in order of time although one of them is slow', async () => {
    const sources = [place('fast', [1, 3, 5]), place('slow', [2, 4, 6], 60)]
    const order: number[] = []
    for await (const { at: when } of mergeLive(sources, { since: new Date(0), signal, onLost: () => {} }))
      order.push(new Date(when).getUTCSeconds())
    expect(order).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('are not read further while nobody takes what was followed', async () => {
    const told = record(line(1))
    let read = 0
    async function* endless() {
      for (; read < 200_000; read += 1) {
        if (read % 100 === 0) await sleep(0)
        yield told
      }
    }
    const source: LogSource = { name: 'busy', read: endless, follow: endless }
    const stop = new AbortController()
    const lines = mergeLive([source], { since: new Date(0), signal: stop.signal, onLost: () => {} })
    await lines.next()
    await sleep(2_000)
    expect(read).toBeLessThanOrEqual(20_001)
    let taken = 1
    for await (const _ of lines) if (++taken === 60_000) stop.abort()
    expect(taken, 'it goes on, and ends').toBeGreaterThanOrEqual(60_000)
  })
})

describe('the file of a log', () => {
  it('keeps every line for its owner alone, in files of bounded size', async () => {
    const path = join(folder, 'logs', 'gateway.log')
    const file = openLogFile({ path, mostBytes: 2_000, kept: 2 })
    for (let nth = 0; nth < 100; nth += 1) {
      file.write(`${line(nth % 60, { nth })}\n`)
      if (nth % 5 === 4) await file.close()
    }
    await file.close()
    const texts = await Promise.all([`${path}.2`, `${path}.1`, path].map((one) => readFile(one, 'utf8')))
    const nths = texts.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((one) => JSON.parse(one).nth as number),
    )
    expect(nths.at(-1)).toBe(99)
    expect(nths).toEqual(nths.map((_, place) => (nths[0] ?? 0) + place))
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(2_000)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const read = []
    for await (const one of fileSource(path, 'local').read(undefined, new AbortController().signal))
      read.push(one.nth)
    expect(read).toEqual(nths)
  })

  it('stops nobody where nothing can be written', async () => {
    await writeFile(join(folder, 'taken'), '')
    const file = openLogFile({ path: join(folder, 'taken', 'gateway.log') })
    file.write('x\n')
    await expect(file.close()).resolves.toBeUndefined()
  })

  it('is followed also when it is moved aside, and a line is read once it is whole', async () => {
    const path = join(folder, 'gateway.log')
    await writeFile(path, `${line(1, { nth: 1 })}\n`)
    const stop = new AbortController()
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const { nth } of fileSource(path, 'local').follow(new Date(at(2)), stop.signal))
        seen.push(nth)
    })()
    const whole = `${line(2, { nth: 2 })}\n`
    await appendFile(path, whole.slice(0, 20))
    await sleep(50)
    await appendFile(path, whole.slice(20))
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual([2])
    await rename(path, `${path}.1`)
    await writeFile(path, `${line(3, { nth: 3 })}\n`)
    await expect.poll(() => seen, { timeout: 3_000 }).toEqual([2, 3])
    stop.abort()
    await reading
  })
})

it('reads what the journal and Docker print, bytes and odd lines included', () => {
  const journal = JSON.stringify({
    MESSAGE: [...Buffer.from('Größe')],
    __REALTIME_TIMESTAMP: String(Date.parse(at(4)) * 1_000),
    _SYSTEMD_USER_UNIT: 'helix@r1.service',
  })
  expect(LOG_KEEPERS.ssh?.read(journal)).toEqual({ text: 'Größe', at: new Date(at(4)), release: 'r1' })
  expect(LOG_KEEPERS.ssh?.read('-- Boot --')).toEqual({ text: '-- Boot --' })
  const timeless = LOG_KEEPERS.ssh?.read('{"MESSAGE":"said"}')
  expect(timeless && readRecord(timeless, 'a')).toMatchObject({ message: 'said' })
  const container = `helix-r2 ${at(5)} {"level":"info"}`
  expect(LOG_KEEPERS.docker?.read(container)).toEqual({
    text: '{"level":"info"}',
    at: new Date(at(5)),
    release: 'r2',
  })
})
