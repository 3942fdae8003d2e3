import type { PublicStatus } from '../contract/status.ts'
import type { Http } from './http.ts'

/** How Helix is and was, as everyone may know it. */
export function fetchStatus(http: Http, signal?: AbortSignal): Promise<PublicStatus> {
  return http.json('/api/status', { signal })
}
