/** One result row, by column name. */
export type Row = Record<string, unknown>

/**
 * What a parameter may be. JSON travels as text with a `::jsonb` cast in the statement, so that every
 * adapter sends the same bytes.
 */
export type Param = string | number | boolean | bigint | null | Date | Uint8Array | readonly Param[]

/**
 * Runs one parameterised statement.
 *
 * Values come back the same from every adapter: `int8` as number while it is safe and bigint beyond, `numeric`
 * as string, `timestamptz` as Date, `bytea` as Uint8Array, `json`/`jsonb` parsed.
 */
export interface Queryable {
  query<T extends Row = Row>(sql: string, params?: readonly Param[]): Promise<T[]>
}

/** A running transaction; `script` takes several statements without parameters, as migrations are written. */
export interface Transaction extends Queryable {
  script(sql: string): Promise<void>
}

/** A transaction that also moves whole tables. */
export interface BulkTransaction extends Transaction {
  /** Streams the bytes of a `COPY … TO STDOUT` (text format) of a query or a table; an embedded database holds what it answers whole. */
  copyOut(source: string): AsyncIterable<Uint8Array>
  /** Feeds `bytes` to a `COPY <target> FROM STDIN` (text format); resolves to the number of rows taken in. */
  copyIn(target: string, bytes: AsyncIterable<Uint8Array>): Promise<number>
}

export interface BulkOptions {
  /** Only reads, and sees everything as of one moment. */
  snapshot?: boolean | undefined
  /** Ends it before it is committed. A server gives up what it is at; an embedded database finishes the statement. */
  signal?: AbortSignal | undefined
}

/** A signed-in (or anonymous) person, as row-level security sees one: `auth.uid()` is `claims.sub`. */
export interface PersonAccess {
  role: 'authenticated' | 'anon'
  claims: Record<string, unknown>
}

/**
 * In whose name statements run: `owner` owns the schema (migrations only), `gateway` is the service's own
 * least-privileged role, a person is bound by row-level security.
 */
export type Access = 'owner' | 'gateway' | PersonAccess

/** The connections of a pool: how many are open, how many of those are idle, how many callers wait for one. */
interface PoolState {
  open: number
  idle: number
  waiting: number
}

/** The one way to a database, whichever of PostgreSQL, PGlite or another process's PGlite is behind it. */
export interface Database extends Queryable {
  readonly engine: 'postgres' | 'pglite'

  /** Runs `work` in one transaction; commits when it resolves, rolls back when it throws. Never nest. */
  transaction<T>(access: Access, work: (tx: Transaction) => Promise<T>): Promise<T>

  /** Runs one script outside any transaction, as the owner: for statements that refuse a transaction. */
  scriptOutsideTransaction(sql: string): Promise<void>

  /**
   * Holds the named lock, across all processes on this database, while `work` runs.
   * @throws HelixError `lock_held` when it is not free within `waitMs` (default 10 s).
   */
  lock<T>(name: string, work: () => Promise<T>, options?: { waitMs?: number }): Promise<T>

  /** Calls `onNotify` for each NOTIFY on `channel`; `onGap` after a lost connection. Resolves to the way to end it. */
  listen(
    channel: string,
    onNotify: (payload: string) => void,
    onGap?: () => void,
  ): Promise<() => Promise<void>>

  /**
   * Runs `work` in one transaction as the owner, with copies in it; commits when it resolves. A server gives it a
   * connection of its own; everybody else at an embedded database waits for its end.
   * @throws HelixError `stopped` where `signal` ended it, and then nothing of it is there
   */
  bulk<T>(work: (tx: BulkTransaction) => Promise<T>, options?: BulkOptions): Promise<T>

  /** How busy the connections are, where there is a pool of them. */
  pool?(): PoolState

  /** Ends every connection; safe to call twice. */
  close(): Promise<void>
}
