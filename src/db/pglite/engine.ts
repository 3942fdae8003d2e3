import { HelixError } from '../../errors.ts'
import { databaseClosed } from '../database-errors.ts'
import { isStatementError } from '../statement-error.ts'
import type { RequestKind, Requests, WorkerStart } from './requests.ts'
import { startWorker, type WorkerClient } from './worker-client.ts'

/** The PGlite of one data directory, whichever thread it lives in at the moment. */
export interface Engine {
  /** Counts the threads there were: what one of them began, its successor knows nothing of. */
  readonly generation: number
  /**
   * Asks the database; past `limitMs` its thread is ended and a new one takes over.
   * @throws StatementError what PostgreSQL refused; HelixError `database_unreachable` when the thread ended.
   */
  call<K extends RequestKind>(
    kind: K,
    ask: Requests[K]['ask'],
    limitMs?: number,
  ): Promise<Requests[K]['answer']>
  /** Puts the session's role and channels back, after a script that changed them or when they changed. */
  restoreSession(): Promise<void>
  close(): Promise<void>
}

export interface EngineOptions extends WorkerStart {
  /** How long a statement may take, unless its caller says otherwise. */
  statementLimitMs: number
  onNotification(channel: string, payload: string): void
  /** What a new thread's session needs before anything else runs in it. */
  session(): readonly string[]
  /** Called when a new thread has taken over: notifications may be lost, the running transaction is. */
  onRestart(): void
}

const CLOSING_LIMIT_MS = 60_000

/** Opens the cluster in a worker thread and keeps one open: a thread that breaks or hangs is replaced. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { cluster, statementLimitMs } = options
  let generation = 1
  let closing: Promise<void> | undefined
  let current: Promise<WorkerClient> = start()
  await current.catch((cause) => {
    throw unopened(cluster, cause)
  })

  async function start(): Promise<WorkerClient> {
    const worker = await startWorker({ cluster, template: options.template }, options.onNotification)
    for (const sql of options.session()) await worker.call('script', { sql }, statementLimitMs)
    return worker
  }

  function replace(broken: Promise<WorkerClient>): void {
    if (closing || broken !== current || cluster === 'memory://') return
    generation += 1
    current = start()
    current.then(() => options.onRestart()).catch(() => {})
  }

  async function call<K extends RequestKind>(kind: K, ask: Requests[K]['ask'], limitMs = statementLimitMs) {
    if (closing) throw databaseClosed()
    const mine = current
    try {
      const worker = await mine
      return await worker.call(kind, ask, limitMs)
    } catch (thrown) {
      if (isStatementError(thrown)) throw thrown
      replace(mine)
      throw broken(thrown)
    }
  }

  async function close(): Promise<void> {
    const worker = await current.catch(() => undefined)
    await worker?.call('script', { sql: 'set role none; checkpoint' }, CLOSING_LIMIT_MS).catch(() => {})
    await worker?.call('close', {}, CLOSING_LIMIT_MS).catch(() => {})
    await worker?.terminate(new Error('it was closed'))
  }

  return {
    get generation() {
      return generation
    },
    call,
    async restoreSession() {
      for (const sql of options.session()) await call('script', { sql })
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

function unopened(cluster: string, cause: unknown): HelixError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HelixError('database_unreachable', `Cannot open the embedded database in ${cluster}: ${why}`, {
    hint: 'Check that the disk has room and that its files are this user’s; else restore the last backup.',
    next: ['helix doctor'],
    cause,
  })
}

function broken(cause: unknown): HelixError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HelixError('database_unreachable', `The embedded database was restarted: ${why}`, {
    hint: 'What was committed is kept; the statement and its transaction were not. Try again.',
    cause,
  })
}
