import { HelixError } from '../errors.ts'
import type { PeopleChanges } from '../people/changes.ts'
import type { People } from '../people/people.ts'
import type { Revocations } from './revocations.ts'

/** Someone who follows something, and by what right. */
export interface Follower {
  userId: string
  /** Null over the private socket and for a personal access token. */
  sessionId: string | null
  /** For a right that no session carries: rejects once it is gone. */
  recheck?: () => Promise<unknown>
}

/** Who follows something for longer than a request takes, so that it ends with their right to it. */
export interface AccessWatch {
  /**
   * Calls `onLost` once the follower's session is revoked, or they are suspended, banned, deleted or given another
   * role; at once where that has happened already. Resolves to the way to stop watching.
   */
  follow(follower: Follower, onLost: () => void): Promise<() => void>
  /** Everyone who is being watched. */
  followers(): Iterable<Follower>
  close(): void
}

interface AccessWatchDeps {
  revocations: Pick<Revocations, 'isRevoked' | 'subscribe'>
  changes: Pick<PeopleChanges, 'subscribe'>
  people: Pick<People, 'arrive'>
  /** How often to ask those that have a right of their own to ask for. */
  recheckMs?: number
}

export function createAccessWatch({
  revocations,
  changes,
  people,
  recheckMs = 1500,
}: AccessWatchDeps): AccessWatch {
  const open = new Map<Follower, () => void>()

  function end(which: (follower: Follower) => boolean): void {
    for (const [follower, onLost] of open) {
      if (!which(follower)) continue
      open.delete(follower)
      onLost()
    }
  }
  const endOne = (one: Follower) => end((follower) => follower === one)
  const check = (one: Follower, right: Promise<unknown>) =>
    right.catch((error: unknown) => {
      if (isRefusal(error)) endOne(one)
    })

  const unsubscribe = [
    revocations.subscribe((sessionId) => end((follower) => follower.sessionId === sessionId)),
    changes.subscribe((userId) => {
      if (userId !== undefined) end((follower) => follower.userId === userId)
      // Changes were missed: whoever is no longer let in is found by asking.
      else for (const follower of open.keys()) void check(follower, people.arrive(follower.userId))
    }),
  ]
  const timer = setInterval(() => {
    for (const follower of open.keys()) if (follower.recheck) void check(follower, follower.recheck())
  }, recheckMs)
  timer.unref()

  return {
    async follow(given, onLost) {
      const follower = { ...given }
      open.set(follower, onLost)
      // Since the request was let in, the right may have gone without anyone watching.
      if (follower.sessionId !== null && revocations.isRevoked(follower.sessionId)) endOne(follower)
      else await check(follower, people.arrive(follower.userId))
      return () => open.delete(follower)
    },
    followers: () => open.keys(),
    close() {
      clearInterval(timer)
      for (const stop of unsubscribe) stop()
      open.clear()
    },
  }
}

/** A database that does not answer takes nobody's right away. */
function isRefusal(error: unknown): boolean {
  return error instanceof HelixError && (error.code === 'unauthorized' || error.code === 'account_suspended')
}
