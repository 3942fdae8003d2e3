import type { Row } from '../database.ts'
import type { StatementErrorFields } from '../statement-error.ts'

/** What the worker is started with. */
export interface WorkerStart {
  /** Directory of the cluster, or `memory://`. */
  cluster: string
  /** For `memory://`: an uncompressed tar of a cluster to begin from. */
  template: Uint8Array | undefined
}

/** What the worker can be asked, and what it answers. */
export interface Requests {
  query: { ask: { sql: string; params: (string | null)[] }; answer: Row[] }
  /** Answers the tag of the last command, such as `COMMIT`. */
  script: { ask: { sql: string }; answer: string }
  copyOut: { ask: { source: string }; answer: Uint8Array[] }
  copyIn: { ask: { target: string; bytes: Uint8Array }; answer: number }
  /** How often a file was forced to disk since the start. */
  fsyncs: { ask: Record<never, never>; answer: number }
  /** An uncompressed tar of the whole cluster. */
  dump: { ask: Record<never, never>; answer: Uint8Array }
  close: { ask: Record<never, never>; answer: undefined }
}

export type RequestKind = keyof Requests

export type WorkerRequest = { [K in RequestKind]: { id: number; kind: K } & Requests[K]['ask'] }[RequestKind]

export interface WorkerFailure {
  message: string
  /** There when PostgreSQL refused the statement; absent when the database itself broke. */
  fields: StatementErrorFields | undefined
}

export type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failure'; id: number; failure: WorkerFailure }
  | { kind: 'notification'; channel: string; payload: string }
