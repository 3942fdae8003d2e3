import { effect } from '@preact/signals'
import type { Session } from '../../signin/session.ts'
import type { Replies } from './replies.ts'

/** Has the replies of a person given up once another, or nobody, is signed in. */
export function leaveWithTheirPerson(session: Pick<Session, 'state'>, replies: Pick<Replies, 'leave'>): void {
  let userId: string | undefined
  effect(() => {
    const who = session.state.value
    const next = typeof who === 'string' ? undefined : who.userId
    if (userId !== undefined && next !== userId) replies.leave()
    userId = next
  })
}
