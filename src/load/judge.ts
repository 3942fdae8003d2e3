import type { Answer } from './http/send.ts'
import type { Recorder } from './recorder.ts'
import type { Expectation, RequestStep } from './script/schema.ts'
import { parsed, pathIn } from './script/template.ts'

/** A virtual user went no further: already counted where it happened. */
export class EndOfUser extends Error {
  override readonly name = 'EndOfUser'
}

/** Whether a request was answered well, or refused by a limit, which is counted. @throws EndOfUser where it failed */
export function judge(recorder: Recorder, { status, text, headers }: Answer, step: RequestStep): boolean {
  recorder.status(status)
  if (status === 429) {
    recorder.counts.refused += 1
    return false
  }
  const expected = step.expect?.some(({ statusCode }) => statusCode !== undefined) ?? false
  if (status >= 400 && !expected) throw failed(recorder, `HTTP ${status}`)
  for (const each of step.expect ?? []) {
    const missed = missedBy(each, { status, text, headers })
    if (missed) throw failed(recorder, missed)
  }
  for (const { json, value } of step.match ?? [])
    if (pathIn(parsed(text), json) !== value) throw failed(recorder, `match ${json}`)
  return true
}

function missedBy(
  { statusCode, contentType, hasHeader, hasProperty }: Expectation,
  answer: Answer,
): string | undefined {
  const codes = statusCode === undefined ? undefined : [statusCode].flat()
  if (codes && !codes.includes(answer.status)) return `expected ${codes.join(' or ')}, got ${answer.status}`
  const type = String(answer.headers['content-type'] ?? '')
  if (contentType !== undefined && !type.includes(contentType)) return `expected ${contentType}`
  if (hasHeader !== undefined && answer.headers[hasHeader.toLowerCase()] === undefined)
    return `expected a header ${hasHeader}`
  if (hasProperty !== undefined && pathIn(parsed(answer.text), hasProperty) === undefined)
    return `expected a property ${hasProperty}`
  return undefined
}

export function needsBody(expect: RequestStep['expect']): boolean {
  return expect?.some(({ hasProperty }) => hasProperty !== undefined) ?? false
}

/** Counts a failure, and names it to whoever ends by it. */
export function failed(recorder: Recorder, name: string): EndOfUser {
  recorder.counts.failed += 1
  recorder.failure(name)
  return new EndOfUser(name)
}
