import { z } from 'zod'
import { HelixError } from '../errors.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const Moment = z.iso.datetime({ offset: true })

/** A year: what is longer is a slip of the finger. */
const LONGEST_MS = 366 * 86_400_000

/**
 * A moment to come, as a person writes it: how long (`30m`, `2h`, `1h30m`), or when (RFC 3339).
 * @throws HelixError `usage` for anything else, and for what is past or more than a year away
 */
export function parseUntil(text: string, now: Date): Date {
  const shown = JSON.stringify(text.slice(0, 60))
  const leftMs = fromNow(text, now)
  if (leftMs === undefined) throw wrong(`${shown} is no time`)
  if (leftMs <= 0) throw wrong(`${shown} is past`)
  if (leftMs > LONGEST_MS) throw wrong(`${shown} is more than a year away`)
  return new Date(now.getTime() + leftMs)
}

function fromNow(text: string, now: Date): number | undefined {
  if (Moment.safeParse(text).success) return Date.parse(text) - now.getTime()
  if (!/^(?:\d{1,6}[smhd])+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)([smhd])/g)]
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
}

function wrong(message: string): HelixError {
  return new HelixError('usage', `${message}, so maintenance cannot end then`, {
    hint: 'Write how long (30m, 2h, 1h30m) or when (2026-12-01T18:00:00Z).',
  })
}
