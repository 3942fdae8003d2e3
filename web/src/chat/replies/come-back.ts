import { effect } from '@preact/signals'
import type { Connection } from '../../sync/connection.ts'
import type { Replies } from './replies.ts'

/** Has replies taken up again as soon as the gateway is back: each by itself might wait some seconds longer. */
export function comeBackWith(
  connection: Pick<Connection, 'state'>,
  replies: Pick<Replies, 'reconnect'>,
): void {
  let away = false
  effect(() => {
    const online = connection.state.value === 'online'
    if (online && away) replies.reconnect()
    away = !online
  })
}
