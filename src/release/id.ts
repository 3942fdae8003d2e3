/** What a release may be called: it is a folder, a unit and a socket. */
export const RELEASE_ID = /^[0-9A-Za-z][0-9A-Za-z-]{0,62}$/

/** Names a release so that later ones sort after it: `20261125T193000Z-08eba2d`. */
export function releaseId(at: Date, commit: string | undefined): string {
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return commit === undefined ? time : `${time}-${commit.slice(0, 7)}`
}
