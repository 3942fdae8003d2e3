/** Calls back once the time is up and the page can be seen; answers how to stop waiting. */
export function whenSeen(ms: number, callback: () => void): () => void {
  const onVisible = () => {
    if (!document.hidden) callback()
  }
  const timer = setTimeout(() => {
    if (!document.hidden) callback()
    else document.addEventListener('visibilitychange', onVisible)
  }, ms)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisible)
  }
}
