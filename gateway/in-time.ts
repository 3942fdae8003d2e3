/** What `asked` resolves to, or `late` once it has taken longer than `ms`. */
export async function inTime<T>(ms: number, asked: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), ms)
  })
  try {
    return await Promise.race([asked, waited])
  } finally {
    clearTimeout(timer)
  }
}
