import type { Database } from '../../db/database.ts'
import { createLease } from '../../db/lease.ts'
import { asHelixError, type HelixError } from '../../errors.ts'
import { appendEntries, auditHead, readLogId } from '../append.ts'
import type { Checkpointer } from './checkpointer.ts'
import { CHECKPOINT_LEASE } from './stored.ts'

export interface ScheduleDeps {
  db: Database
  checkpointer: Checkpointer
  /** This process, as the lease and the chain name it. */
  instance: string
  /** Whether no other process can be at work on this database: then no lease is needed. */
  sole: boolean
  /** Told of what went wrong in the background, each thing once until it is over. */
  onError: (error: unknown) => void
  /** Told of a log that is not the one that was signed, and of one that is again. */
  onBroken?: (finding: HelixError) => void
  onSound?: () => void
  /** How often the log is signed while it grows, in ms; 60 s. */
  everyMs?: number
  /** How often the lease is renewed, or looked at; 3 s. It is held for three times as long and a little more. */
  beatMs?: number
}

/** Signs the log again and again while it grows: in one process at a time, whatever their number. */
export interface CheckpointSchedule {
  start(): void
  /** Signs once more where this process is the one, and lets another take over. Safe to call twice. */
  stop(): Promise<void>
}

/** How long a process that cannot sign leaves it to the others. */
const STAND_BACK_MS = 60_000

export function createCheckpointSchedule(deps: ScheduleDeps): CheckpointSchedule {
  const { db, checkpointer, instance, sole, onError, everyMs = 60_000, beatMs = 3_000 } = deps
  const lease = sole
    ? undefined
    : createLease({ db, name: CHECKPOINT_LEASE, holder: instance, ms: beatMs * 3 + 1_000 })
  const told = new Set<string>()
  let token: number | undefined
  let due = 0
  let notBefore = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let stopped = false

  async function beat(): Promise<void> {
    if (performance.now() < notBefore) return
    token = await lease?.take()
    if (lease && token === undefined) return
    if (performance.now() < due) return
    await checkpointer.make(token)
    due = performance.now() + everyMs
    told.clear()
    deps.onSound?.()
  }

  async function fail(thrown: unknown): Promise<void> {
    const error = asHelixError(thrown)
    if (error.code === 'lock_held') return
    const { kind, log, seq } = error.details ?? {}
    const what = `${error.code} ${kind} ${log}/${seq} ${error.message}`
    const first = !told.has(what)
    told.add(what)
    if (first) onError(error === thrown ? error : thrown)
    if (error.code === 'findings') {
      due = performance.now() + everyMs
      deps.onBroken?.(error)
      if (first) await raise(db, instance, error)
    }
    if (error.code !== 'precondition_failed') return
    notBefore = performance.now() + STAND_BACK_MS
    await lease?.release()
  }

  function schedule(ms: number): void {
    timer = setTimeout(() => {
      running = beat()
        .catch(fail)
        .catch(onError)
        .finally(() => {
          if (!stopped) schedule(beatMs)
        })
    }, ms)
  }

  return {
    start: () => schedule(Math.min(beatMs, 1_000)),
    async stop() {
      if (stopped) return
      stopped = true
      clearTimeout(timer)
      await running
      if (performance.now() < notBefore || (lease && token === undefined)) return
      await checkpointer.make(token).catch(fail)
      await lease?.release()
    },
  }
}

/** Says on the chain, on its loudest channel, that it is not the one that was signed. */
async function raise(db: Database, instance: string, { message, details = {} }: HelixError): Promise<void> {
  const { kind, log, seq } = details
  const entry = {
    channel: 'alerts',
    kind: 'audit.inconsistent',
    actor: `gateway:${instance}`,
    data: { finding: kind, log, seq, reason: message },
  } as const
  await appendEntries(db, [auditHead(await readLogId(db), entry, new Date())])
}
