import type { Channel } from '../audit/entry.ts'
import type { WebhookAddress } from './address.ts'
import { DiscordFailure } from './failure.ts'
import { type FilePlace, placeIn } from './file-name.ts'
import type { Sender } from './sender.ts'

const MOST_PAGES = 20

interface ReadBackDeps {
  sender: Sender
  address: WebhookAddress
  channel: Channel
  /** Without it nothing can be looked up, and a post may be there twice after a lost answer. */
  botToken: string | undefined
}

/** Looks up what Discord has of a channel and nobody noted: its answer was lost, or the process that waited for it. */
export class ReadBack {
  readonly #deps: ReadBackDeps
  #able: boolean

  constructor(deps: ReadBackDeps) {
    this.#deps = deps
    this.#able = deps.botToken !== undefined
  }

  /** The posts of `log` after a message, in their order; of the last ones, where no message is known. */
  async *posts(log: string, known: string | undefined, signal: AbortSignal) {
    const { sender, address, channel, botToken } = this.#deps
    if (!this.#able || botToken === undefined) return
    const id = address.thread ?? (await sender.channelOf(address, signal))
    let after = known
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const found = await sender
        .messages(address.api, { id, after, botToken }, signal)
        .catch((thrown) => this.#without(thrown))
      for (const message of found) {
        if (message.webhookId !== address.id) continue
        const place = message.fileNames.map((name) => placeIn(name, log, channel)).find((each) => each)
        if (place) yield { ...place, messageId: message.id } satisfies FilePlace & { messageId: string }
      }
      if (found.length < 100 || after === undefined) return
      after = found.at(-1)?.id
    }
  }

  /** A bot that may not read there leaves the webhook as good as it was. */
  #without(thrown: unknown): never[] {
    if (!(thrown instanceof DiscordFailure) || (thrown.kind !== 'dead' && thrown.kind !== 'refused'))
      throw thrown
    this.#able = false
    return []
  }
}
