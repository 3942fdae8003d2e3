import {
  AuditEntriesQuery,
  AuditHead,
  AuditProof,
  AuditProofQuery,
  AuditVerification,
} from '../../admin/audit.ts'
import type { Operation } from '../../operation.ts'
import { creatorOnly } from './shared.ts'

export const adminAuditOperations: readonly Operation[] = [
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/audit',
    id: 'adminGetAuditHead',
    summary: 'Says where the audit log stands.',
    answers: { 200: { description: 'Its head.', schema: AuditHead } },
  },
  {
    ...creatorOnly,
    method: 'post',
    path: '/api/admin/audit/verify',
    id: 'adminVerifyAudit',
    summary: 'Looks at every entry of the audit log, and its signatures.',
    description:
      'One at a time on a gateway, for at most a minute: who asks while one runs is told what it comes to. `helix audit verify` has no such bound, and holds the log to what a machine elsewhere saw.',
    answers: { 200: { description: 'What it came to.', schema: AuditVerification } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/audit/entries',
    id: 'adminListAuditEntries',
    summary: 'Answers entries of the log as `helix audit export` prints them, one JSON object a line.',
    query: AuditEntriesQuery,
    answers: {
      200: { description: 'The lines, in order; none past the end.', type: 'application/x-ndjson' },
    },
    failures: ['not_found'],
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/audit/proof',
    id: 'adminProveAudit',
    summary: 'Proves that the log only grew since somebody saw it.',
    description: 'What `helix audit witness --url` asks for.',
    query: AuditProofQuery,
    answers: { 200: { description: 'The proof.', schema: AuditProof } },
    failures: ['not_found'],
  },
]
