/**
 * What is wrong at `seq`, the first place where the entries stop being one history:
 * - `edited`: the entry is unreadable, does not have the hash it carries, or follows and is followed by nothing;
 * - `gap`: the entry is nowhere, though later ones are there;
 * - `reordered`: the entry comes later than its place;
 * - `truncated`: the entries end before it, though the log's known end is further on;
 * - `forked`: two different entries claim this place: both are there, or the next one (or the known end, or a
 *   log that continues this one) names another hash than the entry printed here has;
 * - `bad_signature`: a checkpoint of so many entries, or the entry that brings in a key, is not signed as it must;
 * - `open_intent`: an act was announced and its outcome was never written.
 */
export type FindingKind =
  | 'edited'
  | 'gap'
  | 'truncated'
  | 'forked'
  | 'reordered'
  | 'open_intent'
  | 'bad_signature'

/** The first bad place of a log, and why in words. */
export interface Finding {
  kind: FindingKind
  log: string
  seq: number
  message: string
}
