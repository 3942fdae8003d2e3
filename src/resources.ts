export type Resources = ReturnType<typeof createResources>

/** What was opened, to be closed in reverse order; one that fails to close does not keep the others open. */
export function createResources() {
  const closers: (() => Promise<unknown> | unknown)[] = []
  return {
    /** Remembers how to close what was just opened, and hands it back. */
    keep<T>(resource: T, close: (resource: T) => Promise<unknown> | unknown): T {
      closers.push(() => close(resource))
      return resource
    },

    /** Closes everything; rejects with the first failure once all were tried. Safe to call twice. */
    async close(): Promise<void> {
      const failures: unknown[] = []
      for (const close of closers.splice(0).reverse()) {
        try {
          await close()
        } catch (failure) {
          failures.push(failure)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
