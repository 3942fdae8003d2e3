import { expect, it, vi } from 'vitest'
import { HelixError } from '../../src/errors.ts'
import { createLogger, type LogLevel } from '../../src/log/logger.ts'
import { openFailureLog } from './failure-log.ts'

function failing(level: LogLevel) {
  const lines: Record<string, unknown>[] = []
  const state = { away: true }
  const query = vi.fn(async () => {
    if (state.away) throw away()
    return []
  })
  const log = createLogger({ level, write: (line) => void lines.push(JSON.parse(line)) })
  return { lines, state, query, tell: openFailureLog({ log, db: { query }, everyMs: 5 }) }
}

const away = () => new HelixError('database_unreachable', 'Cannot reach database "x" at h:1')
const told = (lines: Record<string, unknown>[]) => lines.map(({ level, event }) => `${level} ${event}`)

it('tells an outage of the database in one line, its end in another, and the next one again', async () => {
  const { lines, state, query, tell } = failing('info')
  tell(away())
  tell(new HelixError('internal', 'GET /x failed', { cause: away() }))
  await expect.poll(() => query.mock.calls.length).toBeGreaterThan(2)
  tell(away())
  expect(told(lines)).toEqual(['error database_away'])
  expect(lines[0]).not.toHaveProperty('causes')
  state.away = false
  await expect.poll(() => told(lines)).toEqual(['error database_away', 'info database_back'])
  state.away = true
  tell(away())
  expect(told(lines).at(-1)).toBe('error database_away')
  state.away = false
})

it('keeps what failed during an outage for debug, and tells any other failure whole', () => {
  const { lines, tell } = failing('debug')
  tell(away())
  tell(new Error('something else'))
  expect(told(lines)).toEqual(['error database_away', 'debug error', 'error error'])
  expect(lines[1]).toHaveProperty('causes')
  expect(lines[2]).toHaveProperty('causes')
})
