import type { Operation } from '../operation.ts'
import { adminAuditOperations } from './admin/audit.ts'
import { adminIncidentOperations } from './admin/incidents.ts'
import { adminLoadTestOperations } from './admin/loadtest.ts'
import { adminPeopleOperations } from './admin/people.ts'
import { adminReportOperations } from './admin/reports.ts'

/** Only the creator may ask these, in a session; no access token opens them. */
export const adminOperations: readonly Operation[] = [
  ...adminReportOperations,
  ...adminPeopleOperations,
  ...adminIncidentOperations,
  ...adminAuditOperations,
  ...adminLoadTestOperations,
]
