/** Domain of addresses that are this installation's own; nobody can sign up with one. */
const RESERVED_DOMAIN = 'helix.localhost'

/** Address of the local owner, who has no password and signs in by the private socket or a one-time link. */
export const OWNER_EMAIL = `owner@${RESERVED_DOMAIN}`

/** Whether nobody may sign up with this address (in lower case). */
export function isReservedEmail(email: string): boolean {
  return email.endsWith(`@${RESERVED_DOMAIN}`)
}
