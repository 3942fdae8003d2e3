import { setTimeout as sleep } from 'node:timers/promises'
import type { Turns } from '../../chat/turns/turns.ts'
import type { Database } from '../../db/database.ts'
import { retryUndone } from '../../db/retry.ts'
import { revokeAllTokens } from '../../signin/access-tokens/revoke-all.ts'

/** How long replies under way may take to end, in ms; after that they go as they are. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 100
/** Rows a statement erases; others get their turn in between. */
const SLICE = 2_000

interface ErasureDeps {
  db: Database
  turns: Pick<Turns, 'halt'>
}

/**
 * Makes a person's account ready to be deleted, whoever deletes it: tokens revoked, replies ended, and what they wrote
 * erased in slices, so that the deletion itself is short and waits for nobody who waits for it.
 */
export type Erase = (userId: string) => Promise<void>

export function createErase({ db, turns }: ErasureDeps): Erase {
  return async (userId) => {
    await db.transaction('gateway', (tx) => revokeAllTokens(tx, userId, 'account_deleted'))
    // Of a creator before the one whom the configuration names: they would be it again without that.
    await db.query(`delete from public.settings where key = 'creator_id' and value = to_jsonb($1::text)`, [
      userId,
    ])
    await stopReplies(db, turns, userId)
    while ((await retryUndone(() => eraseSlice(db, userId))) > 0);
  }
}

/** Ends the person's replies, wherever they are being made, and waits until they have settled. */
async function stopReplies(db: Database, turns: Pick<Turns, 'halt'>, userId: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const open = await retryUndone(() =>
      db.query<{ id: string }>('select helix.stop_person($1) as id', [userId]),
    )
    if (open.length === 0) return
    await turns.halt(open.map(({ id }) => id))
    await sleep(LOOK_AGAIN_MS)
  }
}

async function eraseSlice(db: Database, userId: string): Promise<number> {
  const [row] = await db.query<{ gone: number }>('select helix.erase_slice($1, $2) as gone', [userId, SLICE])
  return row?.gone ?? 0
}
