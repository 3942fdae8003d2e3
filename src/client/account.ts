import type { ChangeProfileRequest, Profile } from '../contract/profile.ts'
import type { Usages } from '../contract/usage.ts'
import type { Http } from './http.ts'
import { asQuery } from './query.ts'

/** What the gateway keeps of the caller, and what they may do with it. */
export interface Account {
  profile(): Promise<Profile>
  /** What is left out stays; null clears. */
  changeProfile(changes: ChangeProfileRequest): Promise<Profile>
  /** Days (UTC) as `2026-11-25`, both included; the last 30 unless told. */
  usage(period?: { from?: string; to?: string }): Promise<Usages>
  /** Everything Helix holds about the caller: a document of any size, to be read as it comes. */
  export(signal?: AbortSignal): Promise<Response>
  /**
   * Deletes the account for good.
   * @throws HelixError `consent_required`, `reauthentication_needed`, `creator_account`
   */
  remove(confirm: string): Promise<void>
}

/** Makes the account of one connection. */
export function createAccount(http: Http): Account {
  return {
    profile: () => http.json('/api/profile'),
    changeProfile: (body) => http.json('/api/profile', { method: 'PATCH', body }),
    usage: (period = {}) => http.json(`/api/usage${asQuery(period)}`),
    export: (signal) => http.open('/api/export', { signal }),
    async remove(confirm) {
      await http.json('/api/account', { method: 'DELETE', body: { confirm } })
    },
  }
}
