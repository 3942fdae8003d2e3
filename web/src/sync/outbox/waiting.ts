import type { FailureCode } from '../../../../src/errors.ts'

/** A message as the composer hands it over. */
export interface NewMessage {
  clientMessageId: string
  /** The conversation; a key nobody has begins one. */
  sessionKey: string
  content: string
  model?: string
  /** Stays in this tab: it is kept in no store and shown to no other tab. */
  secret?: boolean
}

/** A message the gateway has not acknowledged yet. */
export interface WaitingMessage extends NewMessage {
  /** When it was written, by the clock of this device. */
  createdAt: string
  /** `failed`: refused for good, unless the person does something; those behind it wait. */
  state: 'waiting' | 'sending' | 'failed'
  /** Why it was refused, or why the last attempt came to nothing. */
  failure?: Failure
  /** When it was written, once it had to wait for a connection: what `writtenAt` of a send takes. */
  writtenAt?: string
  /** Whether it survives this tab. */
  kept: boolean
}

export interface Failure {
  code: FailureCode
  message: string
  hint?: string
}

/** Oldest first; no two messages of a device have the same time. */
export function byAge(a: WaitingMessage, b: WaitingMessage): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1
  return a.clientMessageId < b.clientMessageId ? -1 : 1
}
