import { Hono } from 'hono'
import type { GatewayEnv } from '../env.ts'
import { adminAuditRoutes } from './admin/audit.ts'
import type { AdminDeps } from './admin/deps.ts'
import { adminIncidentRoutes } from './admin/incidents.ts'
import { adminLoadTestRoutes } from './admin/loadtest.ts'
import { adminPeopleRoutes } from './admin/people.ts'
import { adminReportRoutes } from './admin/reports.ts'

/** The administration, for the creator; put it behind `requireCreator`. */
export const adminRoutes = (deps: AdminDeps) =>
  new Hono<GatewayEnv>()
    .route('/', adminReportRoutes(deps))
    .route('/', adminPeopleRoutes(deps.peopleAdmin))
    .route('/', adminIncidentRoutes(deps.incidents))
    .route('/', adminAuditRoutes(deps.chain))
    .route('/', adminLoadTestRoutes(deps.testPeople))
