import type { Operation } from '../contract/operation.ts'
import { type FailureCode, HelixError, isFailureCode } from '../errors.ts'
import { statusOf as gotrueStatus } from '../signin/failure.ts'

/** Whether the route answers failures in GoTrue's shape instead of as a problem. */
export function speaksGotrue({ path }: Pick<Operation, 'path'>): boolean {
  return path.startsWith('/auth/v1/')
}

/** Every code of src/errors.ts the route can answer with, those of its kind first, its own last. */
function codesOf(operation: Operation): FailureCode[] {
  const { access, scope, query, body, failures = [], path } = operation
  const codes: FailureCode[] = []
  if (query || body) codes.push('request_invalid')
  if (body) codes.push('unsupported_media_type', 'body_too_large')
  if (access === 'owner') codes.push('not_found')
  if (access !== 'public' && access !== 'owner') codes.push('unauthorized')
  if (access === 'person' || access === 'creator') codes.push('account_suspended', 'second_factor_required')
  if (scope) codes.push('scope_missing')
  if (access === 'creator' || access === 'service') codes.push('forbidden')
  if (path.startsWith('/api/')) codes.push('rate_limited', 'maintenance', 'database_unreachable', 'internal')
  return [...new Set([...codes, ...failures.filter(isFailureCode)])]
}

/** The codes an operation's failures have, by HTTP status in ascending order. */
export function failuresByStatus(operation: Operation): [status: number, codes: string[]][] {
  const gotrue = speaksGotrue(operation)
  const codes = gotrue ? (operation.failures ?? []) : codesOf(operation)
  const byStatus = new Map<number, string[]>()
  for (const code of codes) {
    const status = gotrue ? gotrueStatus(code) : new HelixError(code as FailureCode, '').status
    if (status !== undefined) byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return [...byStatus].sort(([one], [other]) => one - other)
}
