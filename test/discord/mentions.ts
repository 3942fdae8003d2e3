import type { AllowedMentions } from './message-rules.ts'

/** Someone whom a message called. */
export interface Ping {
  messageId: string
  who: string
}

const FORMS = { users: /<@!?(\d{5,})>/g, roles: /<@&(\d{5,})>/g, everyone: /@(everyone|here)/g } as const

/** Whom a text calls: what it holds, as far as `allowed` lets it. Embeds never call anyone. */
export function pingsOf(
  content: string,
  allowed: AllowedMentions | undefined,
  byDefault: string[],
): string[] {
  const { parse = [], users = [], roles = [] } = allowed ?? { parse: byDefault }
  const listed: Record<string, string[]> = { users, roles, everyone: [] }
  return Object.entries(FORMS).flatMap(([kind, form]) =>
    [...content.matchAll(form)].flatMap(([, who = '']) =>
      parse.includes(kind) || listed[kind]?.includes(who) ? [`${kind}:${who}`] : [],
    ),
  )
}
