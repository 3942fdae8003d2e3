import type { Drafts } from '../../sync/store.ts'

/** How long after the last key a draft is kept, in ms. */
const PAUSE_MS = 300

/** What is being written in one conversation, kept on this device until it is sent. */
export interface Draft {
  read(): Promise<string>
  /** Keeps a text once nothing more comes for a moment. */
  keep(text: string): void
  /** Keeps at once what was still to be kept. */
  flush(): void
}

/** Makes the draft of one person's conversation. */
export function draftOf(drafts: Drafts, userId: string, sessionKey: string): Draft {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest: string | undefined

  function flush(): void {
    clearTimeout(timer)
    if (latest !== undefined) void drafts.write(userId, sessionKey, latest)
    latest = undefined
  }

  return {
    read: () => drafts.read(userId, sessionKey),
    keep(text) {
      latest = text
      clearTimeout(timer)
      timer = setTimeout(flush, PAUSE_MS)
    },
    flush,
  }
}
