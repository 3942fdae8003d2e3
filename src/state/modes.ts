import { appendEntries, auditHead } from '../audit/append.ts'
import type { Database } from '../db/database.ts'
import { modeChanged } from './entries.ts'

const KEY = 'state.modes'

/** In which mode each part works, by the part's name. */
export type Modes = Readonly<Record<string, string>>

/** Writes down, at a start, which parts work in another mode than the last time anybody said, and remembers that. */
export async function recordModes(
  db: Database,
  { log, actor, modes }: { log: string; actor: string; modes: Modes },
): Promise<void> {
  await db.transaction('gateway', async (tx) => {
    // Two gateways that start at once say it once.
    await tx.query('insert into public.settings (key, value) values ($1, $2) on conflict do nothing', [
      KEY,
      '{}',
    ])
    const [row] = await tx.query<{ value: Record<string, unknown> }>(
      'select value from public.settings where key = $1 for update',
      [KEY],
    )
    const before = row?.value ?? {}
    const changes = Object.entries(modes).filter(([what, to]) => before[what] !== to)
    if (changes.length === 0) return
    await tx.query('update public.settings set value = $2, updated_at = now() where key = $1', [
      KEY,
      JSON.stringify({ ...before, ...modes }),
    ])
    const heads = changes.map(([what, to]) => {
      const from = typeof before[what] === 'string' ? before[what] : null
      return auditHead(log, modeChanged(actor, { what, from, to }), new Date())
    })
    await appendEntries(tx, heads)
  })
}
