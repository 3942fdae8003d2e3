/** Pieces of a JSON text, and the signs of life between them: an empty piece. */
export type JsonPieces = AsyncGenerator<string, void>

/** The JSON text of a list that comes in pages, an empty page as an empty piece; a page at most is ever in memory. */
export async function* jsonList(pages: AsyncIterable<readonly unknown[]>): JsonPieces {
  let separator = '['
  for await (const page of pages) {
    if (page.length === 0) {
      yield ''
      continue
    }
    yield separator + page.map((item) => JSON.stringify(item)).join(',')
    separator = ','
  }
  yield separator === '[' ? '[]' : ']'
}

/** The JSON text of an object whose last member is a text of its own. */
export async function* jsonObject(members: object, lastName: string, last: JsonPieces): JsonPieces {
  const head = JSON.stringify(members).slice(0, -1)
  yield `${head}${head === '{' ? '' : ','}${JSON.stringify(lastName)}:`
  yield* last
  yield '}'
}

/** Pages by key: each is asked for with the last item of the one before, until one is empty. */
export async function* paged<T>(
  read: (last: T | undefined) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[], void> {
  let last: T | undefined
  for (;;) {
    const page = await read(last)
    if (page.length === 0) return
    yield page
    last = page.at(-1)
  }
}
