/** What all routes of the administration have in common: a session of the creator, and no access token. */
export const creatorOnly = { tag: 'Administration', access: 'creator', scope: 'session' } as const
