import { codeOf } from '../errors.ts'
import type { Channel, NewEntry } from './entry.ts'
import { closingKind, isIntent } from './kinds.ts'
import type { EntryPlace } from './place.ts'

/** Resolves once an act may go on whose intent is `seq` on this channel; rejects where it may not. */
export type WaitFor = (channel: Channel, seq: number) => Promise<void>

/** The same place, where intents also wait for `wait`; where that rejects, they are closed as refused. */
export function strictPlace(place: EntryPlace, wait: WaitFor): EntryPlace {
  async function waited(entry: NewEntry, seq: number): Promise<number> {
    try {
      await wait(entry.channel, seq)
      return seq
    } catch (failure) {
      const data = { outcome: 'refused', code: codeOf(failure), intent: seq }
      // Left open where that fails, and found.
      await place.end(seq, { ...entry, kind: closingKind(entry.kind), data }).catch(() => {})
      throw failure
    }
  }

  return {
    ...place,
    async append(entry) {
      const seq = await place.append(entry)
      return isIntent(entry.kind) ? waited(entry, seq) : seq
    },
    begin: async (entry) => waited(entry, await place.begin(entry)),
  }
}
