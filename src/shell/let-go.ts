/**
 * Stops waiting for outputs some time after `ending` aborts: a shared SSH connection keeps them open for as long as
 * anything runs on the machine, and so does whatever a program left running.
 * @returns to be called when the program has ended; tells whether they were let go
 */
export function letGoLate(
  outputs: readonly { destroy(): unknown }[],
  ending: AbortSignal,
  waitMs: number,
): () => boolean {
  let timer: NodeJS.Timeout | undefined
  let gone = false
  const begin = () => {
    timer = setTimeout(() => {
      gone = true
      for (const output of outputs) output.destroy()
    }, waitMs)
  }
  ending.addEventListener('abort', begin, { once: true })
  return () => {
    ending.removeEventListener('abort', begin)
    clearTimeout(timer)
    return gone
  }
}
