import { type ReadonlySignal, signal } from '@preact/signals'
import type { Client } from '../../../src/client/client.ts'
import type { Session } from '../signin/session.ts'

/** A message as the composer hands it over. */
export interface NewMessage {
  clientMessageId: string
  sessionKey: string
  content: string
  /** Kept in no store, draft or queue. */
  secret?: boolean
}

/** A message the gateway has not acknowledged yet. */
export interface WaitingMessage extends NewMessage {
  createdAt: string
  state: 'waiting' | 'sending' | 'failed'
}

/** Messages on their way, kept on this device until the gateway acknowledged them. */
export interface Outbox {
  /** All conversations, oldest first. */
  waiting: ReadonlySignal<readonly WaitingMessage[]>
  /** Keeps a message, then delivers it when its turn comes, once, in order a conversation. Never rejects. */
  add(message: NewMessage): Promise<void>
  retry(clientMessageId: string): Promise<void>
  remove(clientMessageId: string): Promise<void>
}

/** Makes the outbox of one page. */
export function createOutbox(_deps: { client: Client; session: Session }): Outbox {
  const waiting = signal<readonly WaitingMessage[]>([])
  const nothing = async () => {}
  return { waiting, add: nothing, retry: nothing, remove: nothing }
}
