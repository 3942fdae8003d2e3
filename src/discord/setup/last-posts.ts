import { readLogId } from '../../audit/append.ts'
import { CHANNELS, type Channel } from '../../audit/entry.ts'
import type { Queryable } from '../../db/database.ts'
import type { LastMessage } from './last-message.ts'
import { snowflakeTime } from './snowflake.ts'

/** The last message of each channel that gateways on this database sent and Discord confirmed. */
export async function lastPosts(q: Queryable): Promise<Map<Channel, LastMessage>> {
  const log = await readLogId(q)
  const rows = await q.query<{ channel: Channel; id: string }>(
    `select c.channel, p.message_id as id
     from (select channel, what from unnest($2::text[]) channel, unnest($3::text[]) what) c
     cross join lateral (
       select message_id from public.discord_outbox
       where log_id = $1 and channel = c.channel and what = c.what order by last_seq desc limit 1
     ) p
     order by char_length(p.message_id), p.message_id`,
    [log, [...CHANNELS], ['entries', 'checkpoints']],
  )
  return new Map(rows.map(({ channel, id }) => [channel, { id, at: snowflakeTime(id) }]))
}
