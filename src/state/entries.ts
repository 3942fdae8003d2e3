import type { NewEntry } from '../audit/entry.ts'

/** What changed of Helix itself, as the channel of its inner state tells it. People are named by their pseudonyms. */

/** `what` is in another mode; null where nothing was said of it before. */
export function modeChanged(
  actor: string,
  { what, from, to }: { what: string; from: string | null; to: string },
): NewEntry {
  return { channel: 'consciousness', kind: 'mode.changed', actor, data: { what, from, to } }
}

export function creatorChanged(actor: string, change: { from: string | null; to: string | null }): NewEntry {
  return { channel: 'consciousness', kind: 'creator.changed', actor, data: { ...change } }
}

export function trustChanged(
  actor: string,
  change: { person: string; from: number | null; to: number },
): NewEntry {
  return { channel: 'consciousness', kind: 'trust.changed', actor, data: { ...change } }
}

/** A conversation outgrew its model, and goes on from a summary. */
export function summaryMade(actor: string, facts: { generation: string; model: string }): NewEntry {
  return { channel: 'consciousness', kind: 'summary.made', actor, data: { ...facts } }
}
