/** Of the Web Locks what is used here. */
export type Locks = Pick<LockManager, 'request'>

/**
 * For where the browser offers no locks (a page over plain HTTP): each tab has its own, in order of asking. Tabs then
 * do not take turns, which costs a connection each and nothing else: what is sent twice arrives once.
 */
export function ownLocks(): Locks {
  const ends = new Map<string, Promise<unknown>>()
  async function request(
    name: string,
    options: LockOptions,
    work: (lock: Lock) => Promise<unknown>,
  ): Promise<unknown> {
    const before = ends.get(name)
    const mine = (async () => {
      await before
      options.signal?.throwIfAborted()
      return await work({ name, mode: 'exclusive' })
    })()
    ends.set(
      name,
      mine.catch(() => {}),
    )
    return await mine
  }
  return { request: request as Locks['request'] }
}
