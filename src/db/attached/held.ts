import type { Access, BulkOptions, BulkTransaction, Database, Transaction } from '../database.ts'

/** Something the server keeps open for one client; `giveUp` undoes it when the client is gone. */
export interface Held {
  giveUp(): void
}

export interface HeldTransaction extends Held {
  tx: Transaction
  /** @throws what made the transaction fail, `transaction_expired` among others. */
  end(commit: boolean): Promise<void>
}

class GivenUp extends Error {}

/** Opens a transaction that stays open until it is ended, given up, or expires. */
export function holdTransaction(db: Database, access: Access): Promise<HeldTransaction> {
  return hold((work) => db.transaction(access, work))
}

export interface HeldBulk extends HeldTransaction {
  tx: BulkTransaction
}

/** The same with copies in it. */
export function holdBulk(db: Database, options: BulkOptions): Promise<HeldBulk> {
  return hold((work) => db.bulk(work, options))
}

function hold<T extends Transaction>(
  run: (work: (tx: T) => Promise<void>) => Promise<void>,
): Promise<HeldTransaction & { tx: T }> {
  const opened = Promise.withResolvers<HeldTransaction & { tx: T }>()
  const decided = Promise.withResolvers<void>()
  const finished = run((tx) => {
    opened.resolve({ tx, end, giveUp: () => decided.reject(new GivenUp()) })
    return decided.promise
  })
  decided.promise.catch(() => {})
  finished.catch(opened.reject)

  async function end(commit: boolean): Promise<void> {
    if (commit) decided.resolve()
    else decided.reject(new GivenUp())
    await finished.catch((thrown) => {
      if (!(thrown instanceof GivenUp)) throw thrown
    })
  }

  return opened.promise
}

/** Takes a named lock and keeps it until it is given up. */
export function holdLock(db: Database, name: string, waitMs: number): Promise<Held> {
  const taken = Promise.withResolvers<Held>()
  const released = Promise.withResolvers<void>()
  const work = (): Promise<void> => {
    taken.resolve({ giveUp: released.resolve })
    return released.promise
  }
  db.lock(name, work, { waitMs }).catch(taken.reject)
  return taken.promise
}
