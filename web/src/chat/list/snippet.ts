/** As `src/contract/search.ts` marks a hit; not imported, since a schema comes with it. */
const HIT = /\uE000([^\uE000\uE001]*)\uE001/g

/** A piece of a search result, found or around what was found. */
export interface SnippetPiece {
  text: string
  hit: boolean
}

/** The pieces of a snippet, without Markdown's marks where they would only be noise. */
export function piecesOf(snippet: string): SnippetPiece[] {
  const pieces: SnippetPiece[] = []
  let last = 0
  for (const found of snippet.matchAll(HIT)) {
    add(snippet.slice(last, found.index), false)
    add(found[1] ?? '', true)
    last = found.index + found[0].length
  }
  add(snippet.slice(last), false)
  return pieces

  function add(text: string, hit: boolean): void {
    const plain = text.replace(/[\uE000\uE001]/g, '').replace(/[*_`#>|]{1,3}/g, '')
    if (plain !== '') pieces.push({ text: plain, hit })
  }
}
