import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { AuditVerification } from '../contract/admin/audit.ts'
import type { Database, Param, Queryable, Row } from '../db/database.ts'
import { readLogId } from './append.ts'
import type { SignedCheckpoint } from './checkpoints/checkpoint.ts'
import { verifyDatabase } from './verify-database.ts'

/** How long one verification may take, in ms. */
const MOST_MS = 60_000

interface BoundedDeps {
  db: Database
  /** What this machine remembers of what it signed. */
  remembered: (log: string) => Promise<readonly SignedCheckpoint[]>
  mostMs?: number
}

/** Verifies the chain for whoever asks: one at a time, for a bounded time, and between pages others have their turn. */
export function createBoundedVerifier({ db, remembered, mostMs = MOST_MS }: BoundedDeps) {
  let running: Promise<AuditVerification> | undefined
  let last: AuditVerification | null = null

  async function verify(): Promise<AuditVerification> {
    const startedAt = new Date()
    const log = await readLogId(db)
    const paged = pages(db, performance.now() + mostMs)
    const result = await verifyDatabase(paged, { remembered: await remembered(log) }).catch(
      (thrown: unknown) => {
        if (thrown instanceof OutOfTime) return undefined
        throw thrown
      },
    )
    const findings = result?.findings ?? []
    return {
      log,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      entries: result?.entries ?? paged.entries(),
      complete: result !== undefined,
      signedSize: result?.signed?.size ?? null,
      findings: findings.map(({ kind, seq, message }) => ({ kind, seq, message })),
    }
  }

  return {
    /** The last one there was. */
    last: () => last,
    /** Whoever asks while one runs is told what that one comes to. */
    verify(): Promise<AuditVerification> {
      running ??= verify()
        .then((verification) => {
          last = verification
          return verification
        })
        .finally(() => {
          running = undefined
        })
      return running
    },
  }
}

class OutOfTime extends Error {}

/** Reads for a bounded time, and lets others have their turn before each page. */
function pages(db: Database, until: number): Queryable & { entries(): number } {
  let entries = 0
  return {
    entries: () => entries,
    async query<T extends Row>(sql: string, params?: readonly Param[]): Promise<T[]> {
      await yieldToOthers()
      if (performance.now() > until) throw new OutOfTime()
      const rows = await db.query<T>(sql, params)
      if (rows[0] !== undefined && 'prev' in rows[0]) entries += rows.length
      return rows
    },
  }
}
