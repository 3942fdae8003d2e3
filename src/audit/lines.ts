/** No entry comes near this; longer lines are cut there, so that a hostile file cannot fill the memory. */
const MAX_LINE = 1_048_576

/**
 * The lines of a stream of UTF-8 bytes, each with its line feed; the last lacks it when the bytes do. Empty lines
 * are left out.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n', start)) {
      if (end > start) yield rest.slice(start, end + 1)
      start = end + 1
    }
    rest = rest.slice(start, start + MAX_LINE)
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield rest
}
