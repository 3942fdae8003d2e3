import type { Conversation } from '../../../../src/contract/chat.ts'

/** Conversations that had their last message on days that belong together. */
export interface DayGroup {
  label: string
  items: readonly Conversation[]
}

interface DayWords {
  today: string
  yesterday: string
  week: string
}

const DAY_MS = 86_400_000

/** Groups conversations, latest first, by the reader's own days: today, yesterday, the last week, then by month. */
export function byDay(
  conversations: readonly Conversation[],
  now: Date,
  words: DayWords,
  language: string,
): DayGroup[] {
  const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' })
  const groups: { label: string; items: Conversation[] }[] = []
  for (const conversation of conversations) {
    const at = new Date(conversation.lastMessageAt ?? conversation.createdAt)
    const days = Math.round((midnight(now) - midnight(at)) / DAY_MS)
    const label =
      days <= 0
        ? words.today
        : days === 1
          ? words.yesterday
          : days < 7
            ? words.week
            : capital(month.format(at))
    const last = groups.at(-1)
    if (last?.label === label) last.items.push(conversation)
    else groups.push({ label, items: [conversation] })
  }
  return groups
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
