import { HelixError } from '../../errors.ts'
import type { Answer, Refusal } from './api.ts'
import type { SetupPermission } from './permissions.ts'

const MISSING_ACCESS = 50001
const MISSING_PERMISSIONS = 50013

/** What one call was for: said when it fails. */
export interface Purpose {
  /** Completes "Discord did not let Helix …". */
  to: string
  /** What Discord misses when it says that something is missing. */
  needs: SetupPermission
  invite: string
}

/** The value of an answer. @throws HelixError saying which permission is missing, or what else Discord said. */
export function granted<T>(answer: Answer<T>, purpose: Purpose): T {
  if (answer.ok) return answer.value
  if (answer.status === 401) throw badToken()
  if (answer.code === MISSING_ACCESS) throw lacking(['VIEW_CHANNEL'], purpose)
  if (answer.code === MISSING_PERMISSIONS) throw lacking([purpose.needs], purpose)
  throw discordFailed(`Discord did not let Helix ${purpose.to}`, answer)
}

export function lacking(
  missing: readonly SetupPermission[],
  { to, invite }: Pick<Purpose, 'to' | 'invite'>,
): HelixError {
  return new HelixError(
    'precondition_failed',
    `The bot lacks ${missing.join(', ')}, so that it cannot ${to}`,
    {
      hint: `Let it in again with what it needs, or give its role that: ${invite}`,
      details: { missing, invite },
    },
  )
}

export function badToken(): HelixError {
  return new HelixError('unauthorized', 'Discord does not know the token of the bot', {
    hint: 'Make a new one (discord.com/developers → your application → Bot → Reset Token) and set DISCORD_BOT_TOKEN.',
  })
}

export function discordFailed(what: string, { status, code, message }: Refusal): HelixError {
  return new HelixError('discord_failed', `${what}: ${message}${code ? ` (${code})` : ''}`, {
    hint:
      status === 0 || status >= 500
        ? 'See whether this machine reaches discord.com and https://discordstatus.com, then run it again.'
        : 'Change what it names, then run it again; what was done stays and is not done twice.',
    details: { status, code },
  })
}
