/** Whether an entry of this kind announces an act, so that another must close it. */
export function isIntent(kind: string): boolean {
  return kind.endsWith('.request') || kind.endsWith('.start')
}

/** The kind of the entry that closes an intent: `.request` → `.response`, `.start` → `.end`. */
export function closingKind(kind: string): string {
  return kind.endsWith('.request') ? kind.replace(/request$/, 'response') : kind.replace(/start$/, 'end')
}

/** The seq of the intent this entry's data closes, if it closes one. */
export function closedIntent(data: Record<string, unknown>): number | undefined {
  const { intent } = data
  return typeof intent === 'number' && Number.isSafeInteger(intent) ? intent : undefined
}
