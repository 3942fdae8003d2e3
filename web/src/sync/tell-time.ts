/** A moment to a reader of the language: the time alone while it is today. */
export function tellTime(moment: string, language: string, now = new Date()): string {
  const at = new Date(moment)
  const isToday = at.toDateString() === now.toDateString()
  const day = isToday ? {} : ({ weekday: 'long', day: 'numeric', month: 'long' } as const)
  return new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', ...day }).format(at)
}
