import type { Database } from '../db/database.ts'
import { backupMetrics } from './backups.ts'
import type { Series } from './registry.ts'

/** How long statements take, how busy the pool is, and how far the audit chain has come. */
export function databaseMetrics(series: Series, db: Database) {
  const { counter, gauge, histogram } = series
  const duration = histogram(
    'helix_db_seconds',
    'Statements and transactions, waiting for a connection included.',
    ['kind'],
  )
  const failures = counter('helix_db_failures_total', 'Statements and transactions that failed.', ['kind'])
  gauge('helix_db_connections', 'Connections of the pool.', ['state'], (connections) => {
    const pool = db.pool?.()
    if (!pool) return
    connections.set({ state: 'open' }, pool.open)
    connections.set({ state: 'idle' }, pool.idle)
    connections.set({ state: 'waited_for' }, pool.waiting)
  })
  gauge(
    'helix_audit_head_seq',
    'The last entry of the audit chain; absent while the database is away.',
    [],
    async (head) => {
      const [row] = await db.query<{ seq: number }>('select seq from public.audit_head').catch(() => [])
      if (row) head.set(Number(row.seq))
      else head.remove()
    },
  )

  backupMetrics(series, db)

  async function timed<T>(kind: 'query' | 'transaction', work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      return await work()
    } catch (thrown) {
      failures.inc({ kind })
      throw thrown
    } finally {
      duration.observe({ kind }, (performance.now() - startedAt) / 1_000)
    }
  }

  const measured: Database = {
    ...db,
    query: (sql, params) => timed('query', () => db.query(sql, params)),
    transaction: (access, work) => timed('transaction', () => db.transaction(access, work)),
  }
  return measured
}
