import type { NewEntry } from '../audit/entry.ts'
import { modeChanged } from '../state/entries.ts'
import { inForce, type Setting } from './setting.ts'

/** How a change came about: somebody asked for it, its time was over, or a file brought what the database had missed. */
export type Cause = 'asked' | 'time' | 'file'

/** What the chain says of a change beside the intent: to the operators, and of the mode Helix is in. */
export function entriesOf(
  before: Setting | undefined,
  after: Setting,
  { actor, cause }: { actor: string; cause: Cause },
): NewEntry[] {
  const now = new Date(after.at)
  const [from, to] = [modeOf(before, now), modeOf(after, now)]
  const kind = after.active ? 'maintenance.on' : 'maintenance.off'
  const alert: NewEntry = { channel: 'alerts', kind, actor, data: { cause, ...factsOf(after) } }
  if (from === to) return [alert]
  return [alert, modeChanged(actor, { what: 'service', from, to })]
}

/** What may be told of a setting: everything but its key. */
export function factsOf({ active, message, until, readOnly, allow }: Omit<Setting, 'key'>) {
  return active ? { message, until, readOnly, allow } : {}
}

function modeOf(setting: Setting | undefined, now: Date): string {
  const current = inForce(setting, now)
  return current === null ? 'normal' : current.readOnly ? 'read-only' : 'maintenance'
}
