import { type FailureCode, HelixError, isFailureCode } from '../../errors.ts'
import type { Access, BulkOptions, Param, Row } from '../database.ts'
import { StatementError, type StatementErrorFields, statementErrorFields } from '../statement-error.ts'

/** Number the server gave to something it holds open for the client: a transaction, a lock, a listener. */
type Handle = number

/** What a client can ask of the owner's database, and what it is answered. */
export interface Operations {
  query: { ask: { sql: string; params: readonly Param[] }; answer: Row[] }
  script: { ask: { sql: string }; answer: undefined }
  begin: { ask: { access: Access }; answer: Handle }
  txQuery: { ask: { handle: Handle; sql: string; params: readonly Param[] }; answer: Row[] }
  txScript: { ask: { handle: Handle; sql: string }; answer: undefined }
  end: { ask: { handle: Handle; commit: boolean }; answer: undefined }
  /** A transaction of the owner with copies in it; `txQuery`, `txScript` and `end` take its handle too. */
  bulk: { ask: Pick<BulkOptions, 'snapshot'>; answer: Handle }
  bulkOut: { ask: { handle: Handle; source: string }; answer: Uint8Array[] }
  bulkIn: { ask: { handle: Handle; target: string; bytes: Uint8Array }; answer: number }
  lock: { ask: { name: string; waitMs: number }; answer: Handle }
  unlock: { ask: { handle: Handle }; answer: undefined }
  /** `listener` is the client's own number for it: a notification may arrive together with the answer. */
  listen: { ask: { channel: string; listener: number }; answer: Handle }
  unlisten: { ask: { handle: Handle }; answer: undefined }
}

export type OperationName = keyof Operations

export type ClientFrame = {
  [K in OperationName]: { id: number; op: K } & Operations[K]['ask']
}[OperationName]

export type ServerFrame =
  | { id: number; value: unknown }
  | { id: number; failure: FailureFrame }
  | { listener: number; payload: string }
  | { gap: number }

/** A failure as it travels: what a program needs to tell them apart, never a cause. */
interface FailureFrame {
  message: string
  statement?: StatementErrorFields
  helix?: {
    code: FailureCode
    hint: string | undefined
    next: readonly string[]
    details: Record<string, unknown> | undefined
  }
}

export function packFailure(thrown: unknown): FailureFrame {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (thrown instanceof StatementError) return { message, statement: statementErrorFields(thrown) }
  if (!(thrown instanceof HelixError)) return { message }
  const { code, hint, next, details } = thrown
  return { message, helix: { code, hint, next, details } }
}

export function unpackFailure({ message, statement, helix }: FailureFrame): Error {
  if (statement) return new StatementError(message, statement)
  if (!helix || !isFailureCode(helix.code)) return new Error(message)
  const { code, hint, next, details } = helix
  return new HelixError(code, message, {
    next,
    ...(hint !== undefined && { hint }),
    ...(details && { details }),
  })
}
