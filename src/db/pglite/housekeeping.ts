import type { Arbiter } from './arbiter.ts'

const LOOK_EVERY_MS = 60_000
const CHECKPOINT_EVERY_MS = 5 * 60_000
const CHECKPOINT_WAL_BYTES = 64 * 1024 * 1024
const VACUUM_EVERY_MS = 60 * 60_000

/**
 * Does what a server's background processes do: a checkpoint once enough was written or enough time has passed,
 * which bounds the log and the recovery after a crash, and a vacuum when nobody is using the database.
 * Returns the way to stop.
 */
export function keepHouse(arbiter: Arbiter): () => void {
  let checkpointAt = Date.now()
  let vacuumAt = Date.now()
  let lsn = 0
  let vacuumedLsn = 0

  async function look(): Promise<void> {
    const [row] = await arbiter.query(`select (pg_current_wal_insert_lsn() - '0/0')::int8 as lsn`)
    const written = Number(row?.lsn) - lsn
    const overdue = Date.now() - checkpointAt >= CHECKPOINT_EVERY_MS
    if (written > CHECKPOINT_WAL_BYTES || (written > 0 && overdue)) {
      await arbiter.asOwner(['checkpoint'])
      checkpointAt = Date.now()
      lsn += written
    }
    if (Date.now() - vacuumAt >= VACUUM_EVERY_MS && arbiter.idle && lsn !== vacuumedLsn) {
      await arbiter.asOwner(['vacuum (analyze)'])
      vacuumAt = Date.now()
      vacuumedLsn = lsn
    }
  }

  const timer = setInterval(() => {
    // What a broken database could not do now, the next round or the next start does.
    look().catch(() => {})
  }, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
