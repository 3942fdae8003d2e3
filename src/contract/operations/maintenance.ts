import { z } from 'zod'
import { BYPASS_HEADER, ChangeMaintenance, MaintenanceState } from '../maintenance.ts'
import type { Operation } from '../operation.ts'

const about = { tag: 'Maintenance', path: '/api/admin/maintenance', access: 'creator' } as const

export const maintenanceOperations: readonly Operation[] = [
  {
    ...about,
    method: 'get',
    id: 'getMaintenance',
    summary: 'Says whether there is maintenance, and how an operator passes.',
    description: 'Answers during maintenance too.',
    answers: { 200: { description: 'As it is now.', schema: MaintenanceState } },
  },
  {
    ...about,
    method: 'put',
    id: 'setMaintenance',
    summary: 'Begins, changes or ends maintenance on every gateway.',
    description: `While there is maintenance every route answers 503 \`maintenance\`, as a problem, a page or an event by what the caller accepts, with \`Retry-After\`; but for \`/health\` and its kin, \`/metrics\`, \`/config.json\`, \`/api/status\`, this one, and what signing in takes. Replies that are under way are finished. Whoever sends the bypass in \`${BYPASS_HEADER}\`, has opened its link or comes from a network of \`allow\` notices nothing.

All gateways have it within a second. What is not said is as by default, not as before.`,
    body: ChangeMaintenance,
    example: { active: true, message: 'A larger database. Back in half an hour.', until: null },
    answers: { 200: { description: 'As it is from now on.', schema: MaintenanceState } },
    failures: ['lock_held', 'audit_unavailable'],
  },
  {
    tag: 'Maintenance',
    method: 'get',
    path: '/maintenance/{token}',
    id: 'passMaintenance',
    summary: 'Lets this browser through the maintenance there is, by a cookie.',
    description:
      'Where the bypass link of an operator leads. The cookie ends with the maintenance, or after 12 hours.',
    access: 'public',
    params: z.object({ token: z.string().describe('The bypass.') }),
    answers: { 303: { description: 'On to the page; without a cookie where there is no maintenance.' } },
    failures: ['not_found'],
  },
]
