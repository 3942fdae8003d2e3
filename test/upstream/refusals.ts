import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

interface StatusFault {
  status: number
  type: string
  headers?: OutgoingHttpHeaders
}

/** Faults that are an answer of their own: a status, an error type, headers. */
export const STATUS_FAULTS = {
  overloaded: { status: 529, type: 'overloaded_error' },
  'rate-limited': { status: 429, type: 'rate_limit_error', headers: { 'retry-after': '3600' } },
  'rate-limited-briefly': { status: 429, type: 'rate_limit_error', headers: { 'retry-after': '1' } },
  'server-error': { status: 500, type: 'api_error' },
  'server-error-final': { status: 500, type: 'api_error', headers: { 'x-should-retry': 'false' } },
  'upstream-timeout': { status: 504, type: 'timeout_error' },
  'bad-key': { status: 401, type: 'authentication_error' },
  'no-credit': { status: 402, type: 'billing_error' },
  'bad-request': { status: 400, type: 'invalid_request_error' },
  'too-large': { status: 413, type: 'request_too_large' },
} as const satisfies Record<string, StatusFault>

/** Faults without any answer: the connection breaks, or nothing ever comes. */
export const CONNECTION_FAULTS = {
  drop: (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  hang: () => {},
}

/** Answers with an error in Claude's own form. */
export function refuse(
  response: ServerResponse,
  { status, type, headers }: StatusFault,
  message: string,
  requestId: string,
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': requestId, ...headers })
  response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: requestId }))
}
