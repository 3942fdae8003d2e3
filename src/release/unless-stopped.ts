/** What comes of a look, unless `signal` aborts first: a look changes nothing, so nobody has to see it end. */
export async function unlessStopped<T>(signal: AbortSignal, look: Promise<T>): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  look.catch(() => {})
  try {
    return await Promise.race([stopped, look])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
