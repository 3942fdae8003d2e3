/** A release, as the build describes it: its files, the document at `/` left out. */
export interface Release {
  id: string
  files: readonly string[]
}

/** Caches of releases begin so; no other is ours to delete. */
const PREFIX = 'helix-release-'
/** How many releases are kept: a tab that stays open longer still has those of the server. */
const MOST_RELEASES = 4

/** Stores a whole release, or nothing of it, and lets the oldest go. */
export async function keepRelease(caches: CacheStorage, { id, files }: Release): Promise<void> {
  const name = PREFIX + id
  const cache = await caches.open(name)
  try {
    await cache.addAll(
      ['/', ...files].map((path) => new Request(path, { cache: path === '/' ? 'reload' : 'default' })),
    )
  } catch (failure) {
    await caches.delete(name)
    throw failure
  }
  const earlier = (await caches.keys()).filter((one) => one.startsWith(PREFIX) && one !== name)
  await Promise.all(earlier.slice(0, -(MOST_RELEASES - 1)).map((one) => caches.delete(one)))
}

/** The document of a release; undefined where it has been cleared away. */
export async function shellOf(caches: CacheStorage, { id }: Release): Promise<Response | undefined> {
  return await caches.match('/', { cacheName: PREFIX + id, ignoreVary: true })
}
