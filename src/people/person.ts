/** Someone the gateway acts for: verified, with a profile row and a pseudonym in the audit chain. */
export interface Person {
  userId: string
  /** Who they are in the audit chain; the mapping is deleted with the account. */
  actor: string
  /** Whether this installation is theirs. */
  creator: boolean
  /** The session their token belongs to; null over the private socket and for a personal access token. */
  sessionId: string | null
  email: string | null
  /** What row-level security sees of them. */
  claims: Record<string, unknown>
}
