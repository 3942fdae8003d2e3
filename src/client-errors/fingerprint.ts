import { createHash } from 'node:crypto'
import { redact, redactLines } from '../audit/redact.ts'
import type { ClientErrorReport } from '../contract/client-errors.ts'

/** A report as it is kept: without secrets, addresses of pages, or ids of anybody's things. */
export interface CleanReport {
  fingerprint: string
  message: string
  stack: string | null
  page: string | null
  release: string | null
  userAgent: string | null
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/** What may be kept of a report, and what it has in common with others of the same failure. */
export function cleanReport(report: ClientErrorReport): CleanReport {
  const message = redact(withoutIds(report.message), 2000) || 'no message'
  const stack = report.stack === undefined ? null : redactLines(withoutIds(report.stack), 12_000)
  const short = (text: string | undefined, most: number) => (text ? redact(withoutIds(text), most) : null)
  return {
    fingerprint: fingerprintOf(message, stack),
    message,
    stack,
    page: report.page === undefined ? null : short(pathOf(report.page), 500),
    release: short(report.release, 100),
    userAgent: short(report.userAgent, 500),
  }
}

/** The same for reports that differ in numbers alone, and begin in the same place of the code. */
function fingerprintOf(message: string, stack: string | null): string {
  const common = message.replace(/\d+/g, '0')
  return createHash('sha256')
    .update(`${common}\n${topFrame(stack)}`)
    .digest('hex')
}

/** The first line of a stack that names a place, without the origin it was loaded from. */
function topFrame(stack: string | null): string {
  const lines = (stack ?? '').split('\n').map((line) => line.trim())
  const frame = lines.find((line) => /:\d+(?::\d+)?\)?$/.test(line)) ?? ''
  return frame.replace(/[a-z][a-z+.-]*:\/\/[^/\s)]*/gi, '')
}

/** Ids name somebody's things, and queries may hold anything. */
function withoutIds(text: string): string {
  return text.replace(UUID, ':id').replace(/(\b[a-z][a-z+.-]{1,20}:\/\/[^\s?#)'"]*)[?#][^\s:)'"]*/gi, '$1')
}

function pathOf(page: string): string {
  return URL.parse(page, 'http://page.invalid')?.pathname ?? ''
}
