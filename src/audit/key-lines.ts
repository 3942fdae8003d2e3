import { placeholder } from './redact.ts'

const BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[ \t\r]*$|PuTTY-User-Key-File-\d:.*$/
const ENDS = /-----END [A-Z0-9 ]{0,40}-----|Private-MAC:[ \t]*[0-9a-f]*/
/** What stands between the key's lines without being part of it. */
const HEADER = /^\s*(?:[A-Za-z-]{4,20}: .{0,100})?$/
const BODY = /[\w+/=]{16,}(?=[\s"',]*$)|^\s*[\w+/=]{1,76}\s*$/
const LONGEST_KEY = 400
const LONGEST_LINE = 500

/** Hides the lines of key files, of which no line alone tells what it is. */
export interface KeyLines {
  /** What may be shown of the line; undefined for nothing of it. */
  take(line: string): string | undefined
}

/** Makes what remembers, from line to line, whether a key is open. */
export function createKeyLines(): KeyLines {
  let left = 0
  return {
    take(line) {
      if (left === 0) return begin(line)
      left -= 1
      if (line.length > LONGEST_LINE) return begin(line)
      const end = ENDS.exec(line)
      if (end !== null) {
        const rest = line.slice(end.index + end[0].length)
        return rest.trim() === '' ? closed() : begin(rest)
      }
      if (HEADER.test(line)) return undefined
      const body = BODY.exec(line)
      if (body !== null) return line.slice(0, body.index).trimEnd() || undefined
      return begin(line)
    },
  }

  function begin(line: string): string {
    const key = line.includes('-----BEGIN') || line.includes('PuTTY') ? BEGINS.exec(line) : null
    left = key === null ? 0 : LONGEST_KEY
    return key === null ? line : line.slice(0, key.index) + placeholder('private_key')
  }

  function closed(): undefined {
    left = 0
  }
}
