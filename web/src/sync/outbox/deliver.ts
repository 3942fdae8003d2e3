import type { Client } from '../../../../src/client/client.ts'
import type { Deliver } from '../outbox.ts'

/** Delivers without following the reply: whoever shows the conversation hears of it from the feed. */
export function deliverOnly(client: Pick<Client, 'stream'>): Deliver {
  return async ({ clientMessageId, sessionKey, content, model, writtenAt }) => {
    const request = {
      message: content,
      sessionKey,
      clientMessageId,
      ...(model !== undefined && { model }),
      ...(writtenAt !== undefined && { writtenAt }),
    }
    for await (const { event } of client.stream(request)) if (event !== 'draining') return
  }
}
