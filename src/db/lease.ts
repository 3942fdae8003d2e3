import type { Database, Queryable } from './database.ts'

/** A job that only one process at a time does; the database's clock decides. */
export interface Lease {
  /** Takes it or renews it; the token it is held under, undefined while another holds it. */
  take(): Promise<number | undefined>
  /** Gives it back, so that another need not wait until it runs out. */
  release(): Promise<void>
}

interface LeaseDeps {
  db: Database
  name: string
  /** This process. */
  holder: string
  /** How long it is held without being renewed, in ms. */
  ms: number
}

/** Who held it before keeps the token; whoever takes it over gets a higher one. */
const TAKE = `
  insert into public.leases as l (name, holder, expires_at) values ($1, $2, now() + $3 * interval '1 ms')
  on conflict (name) do update set
    holder = excluded.holder, expires_at = excluded.expires_at,
    token = l.token + case when l.holder = excluded.holder and l.expires_at > now() then 0 else 1 end
  where l.holder = excluded.holder or l.expires_at <= now()
  returning token`

export function createLease({ db, name, holder, ms }: LeaseDeps): Lease {
  return {
    async take() {
      const [row] = await db.query<{ token: number }>(TAKE, [name, holder, ms])
      return row?.token
    },
    async release() {
      await db.query('update public.leases set expires_at = now() where name = $1 and holder = $2', [
        name,
        holder,
      ])
    },
  }
}

/** In a transaction: whether `token` is still the present one; until the commit nobody can take over. */
export async function isHeld(tx: Queryable, name: string, token: number): Promise<boolean> {
  const rows = await tx.query(
    'select 1 as held from public.leases where name = $1 and token = $2 and expires_at > now() for update',
    [name, token],
  )
  return rows.length > 0
}
