import type { Channel } from '../../audit/entry.ts'
import type { Queryable } from '../../db/database.ts'

const PAGE = 500

/** What Discord had confirmed, by the id of a message, as the database remembers it. */
export interface ConfirmedPost {
  first: number
  last: number
  messageId: string
}

/** The posts of one channel of one log, asked for in the order of seq. */
export class ConfirmedPosts {
  readonly #q: Queryable
  readonly #log: string
  readonly #channel: Channel
  readonly #what: 'entries' | 'checkpoints'
  #page: ConfirmedPost[] = []
  #ended = false

  constructor(q: Queryable, place: { log: string; channel: Channel; what?: 'entries' | 'checkpoints' }) {
    this.#q = q
    this.#log = place.log
    this.#channel = place.channel
    this.#what = place.what ?? 'entries'
  }

  /** The post that held `seq`; undefined where none is known. Later calls ask for later ones only. */
  async of(seq: number): Promise<ConfirmedPost | undefined> {
    for (;;) {
      const next = this.#page.findIndex(({ last }) => last >= seq)
      if (next >= 0) {
        this.#page = this.#page.slice(next)
        const [post] = this.#page
        return post && post.first <= seq ? post : undefined
      }
      if (this.#ended) return undefined
      this.#page = await this.#read(seq)
      this.#ended = this.#page.length < PAGE
    }
  }

  #read(seq: number): Promise<ConfirmedPost[]> {
    return this.#q.query<ConfirmedPost & Record<string, unknown>>(
      `select first_seq as first, last_seq as last, message_id as "messageId" from public.discord_outbox
       where log_id = $1 and channel = $2 and what = $3 and last_seq >= $4 order by last_seq limit ${PAGE}`,
      [this.#log, this.#channel, this.#what, seq],
    )
  }
}

/** The ids of the webhooks through which this database's logs were posted. */
export async function knownWebhooks(q: Queryable, logs: readonly string[]): Promise<string[]> {
  const rows = await q.query<{ id: string }>(
    'select distinct webhook_id as id from public.discord_outbox where log_id = any ($1::text[])',
    [logs],
  )
  return rows.map(({ id }) => id)
}
