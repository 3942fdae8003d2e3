/** The person a turn is taken for: their id, and the pseudonym the audit chain knows them by. */
interface Asker {
  userId: string
  actor: string
}

interface TurnBase {
  asker: Asker
  clientMessageId?: string | undefined
  model?: string | undefined
  /** Whether the reply is simulated, though Claude itself answers others; asked for by no body of a request. */
  simulated?: boolean
  /** `performance.now()` when the request arrived, to tell what Helix added before the first token. */
  receivedAt: number
}

/** A message sent, a message reworded (a new branch beside it), or a reply asked for again (likewise). */
export type TurnRequest =
  | (TurnBase & {
      kind: 'send'
      sessionKey?: string | undefined
      message: string
      /** When it was written, by the device it was written on, where it had to wait to be sent. */
      writtenAt?: string | undefined
    })
  | (TurnBase & { kind: 'edit'; sessionKey: string; messageId: string; message: string })
  | (TurnBase & { kind: 'regenerate'; sessionKey: string; messageId: string })
