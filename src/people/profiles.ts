import type { ChangeProfileRequest, Profile } from '../contract/profile.ts'
import type { TokenInUse } from '../contract/tokens.ts'
import type { Database, Row } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import type { People } from './people.ts'

interface ProfileRow extends Row {
  display_name: string | null
  avatar_url: string | null
  trust_level: number
  onboarding_completed: boolean
  onboarding_step: string | null
  conversation_count: number
  messages_today: number
}

interface ProfileOptions {
  /** Told for whom something was just committed. */
  onChange: (userId: string) => void
  isCreator: People['isCreator']
}

/** People's profiles, seen through row-level security. */
export function createProfiles(db: Database, { onChange, isCreator }: ProfileOptions) {
  return {
    /** `token` is the one the person asks with, to be told back. @throws HelixError `not_found` when the person's account is gone */
    async get(userId: string, token: TokenInUse | null): Promise<Profile> {
      const [row] = await db.query<ProfileRow>('select * from helix.read_profile($1)', [userId])
      if (!row) throw noProfile(userId)
      return { ...toProfile(userId, row), creator: isCreator(userId), token }
    },

    /** Writes what the person says of themselves, in their own role. @throws HelixError `not_found` as `get` does */
    async change(userId: string, changes: ChangeProfileRequest): Promise<void> {
      const [row] = await db.query<{ done: boolean }>('select helix.change_profile($1, $2::jsonb) as done', [
        userId,
        JSON.stringify(changes),
      ])
      if (!row?.done) throw noProfile(userId)
      onChange(userId)
    },
  }
}

export type Profiles = ReturnType<typeof createProfiles>

function noProfile(userId: string): HelixError {
  return new HelixError('not_found', `No profile of ${userId}`, { hint: 'Sign in again.' })
}

function toProfile(userId: string, row: ProfileRow): Omit<Profile, 'token' | 'creator'> {
  return {
    userId,
    displayName: row.display_name,
    avatarUrl: row.avatar_url,
    trustLevel: row.trust_level,
    onboarding: { completed: row.onboarding_completed, step: row.onboarding_step },
    conversationCount: row.conversation_count,
    messagesToday: row.messages_today,
  }
}
