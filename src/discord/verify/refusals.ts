import { HelixError } from '../../errors.ts'
import type { Refusal } from '../setup/api.ts'
import { badToken, discordFailed } from '../setup/failures.ts'

const MISSING_ACCESS = 50001
const LEAST = 'VIEW_CHANNEL and READ_MESSAGE_HISTORY'

/** Why a channel cannot be read, as far as Discord says it. */
export function unreadable(name: string, refusal: Refusal): HelixError {
  if (refusal.status === 401) return badToken()
  if (refusal.code === MISSING_ACCESS || refusal.status === 403) return mayNotRead(name, ['VIEW_CHANNEL'])
  return discordFailed(`Discord did not show #${name}`, refusal)
}

/** Discord answers with nothing, and says nothing, where the history is kept from a bot. */
export function mayNotRead(name: string, missing: readonly string[]): HelixError {
  return new HelixError(
    'precondition_failed',
    `The bot may not read #${name}: it lacks ${missing.join(', ')}`,
    {
      hint: `Edit Channel → Permissions: add the bot and allow ${LEAST}; it needs nothing else.`,
      details: { channel: name, missing },
    },
  )
}

/** What a bot without the privileged intent sees of the messages of others is empty. */
export function contentHidden(name: string): HelixError {
  return new HelixError(
    'precondition_failed',
    `The bot sees the messages of #${name}, but not what is in them`,
    {
      hint:
        'Turn on Message Content Intent: discord.com/developers → the application → Bot → Privileged Gateway Intents. ' +
        'That says nothing about the messages: they were not checked.',
      details: { channel: name, intent: 'MESSAGE_CONTENT' },
    },
  )
}
