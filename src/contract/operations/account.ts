import { DELETION_PHRASE, DeleteAccountRequest } from '../account.ts'
import type { Operation } from '../operation.ts'

export const accountOperations: readonly Operation[] = [
  {
    method: 'delete',
    path: '/api/account',
    id: 'deleteAccount',
    summary: 'Deletes your account and everything of yours, for good.',
    description: `Wants a session that was begun by signing in within the last 10 minutes. Replies under way are stopped first; every session and access token ends, on all gateways within 5 seconds. What your calls cost stays, without your name; the audit log keeps what was done under a pseudonym that then stands for nobody.

The creator’s account stays as long as Helix is theirs. A deletion that was cut off is finished by asking again.`,
    tag: 'Account',
    access: 'person',
    scope: 'session',
    body: DeleteAccountRequest,
    example: { confirm: DELETION_PHRASE },
    answers: { 204: { description: 'The account is gone.' } },
    failures: [
      'consent_required',
      'reauthentication_needed',
      'creator_account',
      'signin_unavailable',
      'audit_unavailable',
    ],
  },
]
