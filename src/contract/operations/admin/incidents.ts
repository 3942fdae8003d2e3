import {
  ChangeIncidentRequest,
  Incident,
  IncidentPage,
  IncidentsQuery,
  IncidentUpdateRequest,
  OpenIncidentRequest,
} from '../../incidents.ts'
import type { Operation } from '../../operation.ts'
import { creatorOnly } from './shared.ts'

const told = 'On the audit log before it is done, and in Discord’s #helix-alerts by that.'
const incident = { description: 'The incident.', schema: Incident }

export const adminIncidentOperations: readonly Operation[] = [
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/incidents',
    id: 'adminListIncidents',
    summary: 'Lists incidents, newest first.',
    query: IncidentsQuery,
    answers: { 200: { description: 'One page.', schema: IncidentPage } },
  },
  {
    ...creatorOnly,
    method: 'post',
    path: '/api/admin/incidents',
    id: 'adminOpenIncident',
    summary: 'Opens an incident, which everyone then sees on the status page.',
    description: told,
    body: OpenIncidentRequest,
    example: { title: 'Replies are slow', severity: 'minor', message: 'We are looking into it.' },
    answers: { 201: incident },
    failures: ['audit_unavailable'],
  },
  {
    ...creatorOnly,
    method: 'patch',
    path: '/api/admin/incidents/{id}',
    id: 'adminChangeIncident',
    summary: 'Changes the title or the severity of an incident.',
    description: told,
    body: ChangeIncidentRequest,
    example: { severity: 'major' },
    answers: { 200: incident },
    failures: ['incident_not_found', 'audit_unavailable'],
  },
  {
    ...creatorOnly,
    method: 'post',
    path: '/api/admin/incidents/{id}/updates',
    id: 'adminUpdateIncident',
    summary: 'Says how an incident goes on, or that it is resolved.',
    description: `${told} Before it is resolved everything in the database is looked at, as \`helix db check\` does, for 10 seconds at most: where rows are lost or may become so, or the time was not enough, it is \`consent_required\`, with up to three \`findings\`, until \`consent\` is \`true\`.`,
    body: IncidentUpdateRequest,
    example: { status: 'resolved', message: 'Everything works again.' },
    answers: { 201: incident },
    failures: ['incident_not_found', 'consent_required', 'audit_unavailable'],
  },
]
