import type { Database } from '../db/database.ts'

const TICK_MS = 25
const NOTICE_BYTES = 7_500
const CHANNEL = 'helix_events'

interface AnnouncerDeps {
  db: Database
  /** This process, so that it does not listen to itself. */
  instance: string
  /** Whether other instances share the database. */
  shared: boolean
  /** Told which people there is news for, by another instance; null when there may be for anyone. */
  onNews: (people: readonly string[] | null) => void
}

/**
 * Tells other instances for whom there is news, and hears it from them. At most one NOTIFY a tick, of its own and never
 * in a transaction that changes something: a commit that notifies waits for every other one that does.
 */
export async function createAnnouncer({ db, instance, shared, onNews }: AnnouncerDeps) {
  const people = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  const unlisten = await db.listen(
    CHANNEL,
    (notice) => {
      const [sender, ...told] = notice.split(' ')
      if (sender !== instance) onNews(told[0] === '*' ? null : told)
    },
    () => onNews(null),
  )

  async function flush(): Promise<void> {
    timer = undefined
    const notice = [instance, ...people].join(' ')
    people.clear()
    const text = notice.length > NOTICE_BYTES ? `${instance} *` : notice
    // Whoever does not hear of it looks anyway, a second later.
    await db.query('select pg_notify($1, $2)', [CHANNEL, text]).catch(() => {})
  }

  return {
    announce(userId: string): void {
      if (!shared) return
      people.add(userId)
      timer ??= setTimeout(flush, TICK_MS)
    },
    async close(): Promise<void> {
      clearTimeout(timer)
      if (people.size > 0) await flush()
      await unlisten()
    },
  }
}
