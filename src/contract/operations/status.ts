import { ClientErrorReport, REPORT_LIMIT } from '../client-errors.ts'
import type { Operation } from '../operation.ts'
import { PublicStatus } from '../status.ts'

export const statusOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/status',
    id: 'getStatus',
    summary: 'Says how Helix is and was: components, uptime by day, incidents.',
    description:
      'Answers from memory while the database is down. A minute without any gateway counts as down once the first one was looked at.',
    tag: 'Status',
    access: 'public',
    answers: { 200: { description: 'The picture, at most a few seconds old.', schema: PublicStatus } },
  },
  {
    method: 'post',
    path: '/api/client-errors',
    id: 'reportClientError',
    summary: 'Takes the report of a failure in a client.',
    description: `At most ${REPORT_LIMIT} bytes, and few a minute from one address. Secrets, query strings and ids are taken out before it is kept; nobody’s name or address is. Reports of the same failure are counted together.`,
    tag: 'Status',
    access: 'public',
    body: ClientErrorReport,
    example: { message: 'TypeError: x is undefined', page: '/settings', release: '1.0.0' },
    answers: { 204: { description: 'It was taken.' } },
  },
]
