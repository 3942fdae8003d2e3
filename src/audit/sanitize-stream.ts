import { sanitizeJsonLine } from './json-line.ts'
import { createKeyLines } from './key-lines.ts'
import { UNSANITIZABLE } from './redact.ts'
import { createTextFilter, type TextFilter } from './text-filter.ts'

/** The longest line that is read as JSON; a longer one is text. */
const LONGEST_JSON = 1_048_576
/** From here on a line of text is shown before it is whole. */
const LONG = 8_192

/** Hides secrets in a text that comes in pieces. What it returns, joined, is the same wherever those were cut. */
export interface StreamSanitizer {
  /** What may be shown by now: every line that is whole, and of a long one all but its last 16,384 characters. */
  write(piece: string): string
  /** What is left. */
  end(): string
}

/**
 * Makes the sanitizer of one stream of text. A line that is a JSON object or list stays one, with all hidden that
 * `sanitize` hides; other lines stay text; key files are hidden over several lines. Needs memory for one line, at most
 * 1 MiB, and never throws: a line that defeats it becomes `[UNSANITIZABLE]`.
 */
export function createStreamSanitizer(): StreamSanitizer {
  const keys = createKeyLines()
  let line = newLine()

  function write(piece: string): string {
    let shown = ''
    let read = 0
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', read)) {
      shown += attempt(() => line.add(piece.slice(read, end)))
      shown += attempt(() => withFeed(line.end(keys.take)))
      line = newLine()
      read = end + 1
    }
    return shown + attempt(() => line.add(piece.slice(read)))
  }
  return { write, end: () => attempt(() => line.end(keys.take) ?? '') }
}

/** The same as a web stream of strings. */
export function createSanitizeStream(): TransformStream<string, string> {
  const sanitizer = createStreamSanitizer()
  const send = (text: string, { enqueue }: { enqueue(text: string): void }) => {
    if (text !== '') enqueue(text)
  }
  return new TransformStream({
    transform: (piece, controller) =>
      send(sanitizer.write(piece), { enqueue: (text) => controller.enqueue(text) }),
    flush: (controller) => send(sanitizer.end(), { enqueue: (text) => controller.enqueue(text) }),
  })
}

type TakeLine = ReturnType<typeof createKeyLines>['take']

interface Line {
  add(piece: string): string
  /** The rest of the line; undefined when nothing of it is to be seen. */
  end(takeLine: TakeLine): string | undefined
}

function newLine(): Line {
  const pieces: string[] = []
  let length = 0
  let isJson: boolean | undefined
  let filter: TextFilter | undefined
  return {
    add(piece) {
      if (filter !== undefined) return filter.write(piece)
      pieces.push(piece)
      length += piece.length
      if (length < LONG) return ''
      isJson ??= looksLikeJson(pieces.join(''))
      if (isJson && length <= LONGEST_JSON) return ''
      filter = createTextFilter()
      return filter.write(pieces.splice(0).join(''))
    },
    end: (takeLine) => (filter === undefined ? wholeLine(pieces.join(''), takeLine) : filter.end()),
  }
}

function wholeLine(line: string, takeLine: TakeLine): string | undefined {
  if (line.length <= 1) return line
  const json = looksLikeJson(line) ? sanitizeJsonLine(line) : undefined
  if (json !== undefined) return json
  const shown = takeLine(line)
  if (shown === undefined) return undefined
  const filter = createTextFilter()
  return filter.write(shown) + filter.end()
}

function looksLikeJson(line: string): boolean {
  return /^[\t ]*[[{]/.test(line)
}

function withFeed(line: string | undefined): string {
  return line === undefined ? '' : `${line}\n`
}

function attempt(work: () => string): string {
  try {
    return work()
  } catch {
    return UNSANITIZABLE
  }
}
