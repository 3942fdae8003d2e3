/** Who owns nothing of what the tests make. */
const NOBODY = 65_534

/** Does something as one for whom modes of files hold: root reads whatever it likes. */
export async function asStranger<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(NOBODY)
  return work().finally(() => process.seteuid?.(0))
}
