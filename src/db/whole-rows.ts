const MOST_AT_ONCE = 4 * 1024 * 1024
const NEWLINE = 10
const BACKSLASH = 92

/** The same bytes in pieces that end with a row, none much longer than the longest row. */
export async function* wholeRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0)
  for await (const chunk of bytes) {
    rest = Buffer.concat([rest, chunk])
    if (rest.length < MOST_AT_ONCE) continue
    const end = lastRowEnd(rest)
    if (end > 0) yield new Uint8Array(rest.subarray(0, end))
    rest = rest.subarray(end)
  }
  if (rest.length > 0) yield new Uint8Array(rest)
}

/** A row ends at a newline that no backslash makes part of a value. */
function lastRowEnd(bytes: Buffer): number {
  for (
    let at = bytes.lastIndexOf(NEWLINE);
    at >= 0;
    at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)
  ) {
    let backslashes = 0
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return at + 1
  }
  return 0
}

/** Bytes that are there at once, as what comes piece by piece. */
export async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
