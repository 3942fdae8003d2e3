import type { AuditHead, AuditVerification } from '../contract/admin/audit.ts'
import type { LoadTestPeople, LoadTestRemoval } from '../contract/admin/loadtest.ts'
import type { AdminOverview, Series } from '../contract/admin/overview.ts'
import type {
  AdminPeoplePage,
  AdminPerson,
  ChangePersonRequest,
  Invitation,
} from '../contract/admin/people.ts'
import type {
  AdminFeedbackPage,
  AdminSettings,
  AdminUsage,
  ClientErrorPage,
} from '../contract/admin/reports.ts'
import type {
  ChangeIncidentRequest,
  Incident,
  IncidentPage,
  IncidentUpdateRequest,
  OpenIncidentRequest,
} from '../contract/incidents.ts'
import type { ChangeMaintenance, MaintenanceState } from '../contract/maintenance.ts'
import type { Page } from './conversations.ts'
import type { Http } from './http.ts'
import { asQuery } from './query.ts'

/** One entry of the audit log, as `helix audit export` prints it. */
interface AuditLine {
  seq: number
  at: string
  channel: string
  kind: string
  actor: string
  data: Record<string, unknown>
  hash: string
}

/** What can be left out of a change takes its default. */
export type MaintenanceChange = Pick<ChangeMaintenance, 'active'> & Partial<ChangeMaintenance>

/** What only the creator may ask, in a session. */
export interface Admin {
  overview(signal?: AbortSignal): Promise<AdminOverview>
  series(minutes: number, signal?: AbortSignal): Promise<Series>
  people(query?: Page & { search?: string }, signal?: AbortSignal): Promise<AdminPeoplePage>
  changePerson(userId: string, change: ChangePersonRequest): Promise<AdminPerson>
  invite(email: string): Promise<Invitation>
  beginLoadTest(wanted: { people: number; seconds: number; simulated: boolean }): Promise<LoadTestPeople>
  /** Removes some; asked again until none is left. */
  endLoadTest(run: string): Promise<LoadTestRemoval>
  incidents(page?: Page): Promise<IncidentPage>
  openIncident(incident: Omit<OpenIncidentRequest, 'status'>): Promise<Incident>
  changeIncident(id: string, change: ChangeIncidentRequest): Promise<Incident>
  updateIncident(id: string, update: IncidentUpdateRequest): Promise<Incident>
  maintenance(): Promise<MaintenanceState>
  setMaintenance(change: MaintenanceChange): Promise<MaintenanceState>
  feedback(page?: Page): Promise<AdminFeedbackPage>
  clientErrors(page?: Page): Promise<ClientErrorPage>
  /** Days (UTC) as `2026-11-25`, both included. */
  usage(period: { from: string; to: string }): Promise<AdminUsage>
  settings(): Promise<AdminSettings>
  audit(): Promise<AuditHead>
  /** Looks at every entry, for at most a minute. @throws HelixError `lock_held` while another one does */
  verifyAudit(): Promise<AuditVerification>
  /** Entries of the present log, in order. */
  auditEntries(from: number, limit: number): Promise<AuditLine[]>
}

/** Makes the administration of one connection. */
export function createAdmin(http: Http): Admin {
  const get = <T>(path: string, query: object = {}, signal?: AbortSignal) =>
    http.json<T>(`/api/admin/${path}${asQuery(query)}`, { signal })
  const send = <T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    http.json<T>(`/api/admin/${path}`, { method, body })
  return {
    overview: (signal) => get('overview', {}, signal),
    series: (minutes, signal) => get('series', { minutes }, signal),
    people: (query, signal) => get('users', query, signal),
    changePerson: (userId, change) => send('PATCH', `users/${encodeURIComponent(userId)}`, change),
    invite: (email) => send('POST', 'invites', { email }),
    beginLoadTest: (wanted) => send('POST', 'loadtest', wanted),
    endLoadTest: (run) => send('DELETE', `loadtest/${encodeURIComponent(run)}`),
    incidents: (page) => get('incidents', page),
    openIncident: (incident) => send('POST', 'incidents', incident),
    changeIncident: (id, change) => send('PATCH', `incidents/${encodeURIComponent(id)}`, change),
    updateIncident: (id, update) => send('POST', `incidents/${encodeURIComponent(id)}/updates`, update),
    maintenance: () => get('maintenance'),
    setMaintenance: (change) => send('PUT', 'maintenance', change),
    feedback: (page) => get('feedback', page),
    clientErrors: (page) => get('client-errors', page),
    usage: (period) => get('usage', period),
    settings: () => get('settings'),
    audit: () => get('audit'),
    verifyAudit: () => send('POST', 'audit/verify'),
    async auditEntries(from, limit) {
      const answer = await http.open(`/api/admin/audit/entries${asQuery({ from, limit })}`)
      const lines = (await answer.text()).split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as AuditLine)
    },
  }
}
