import { findSecrets } from './find-secrets.ts'
import { hideSecrets, placeholder, redactLines, visible } from './redact.ts'

/** How far ahead a text is read before any of it is let go: further than all but the longest secrets reach. */
const AHEAD = 4_096
const BLOCK = 2 * AHEAD
const LONGEST_WORD = 256

/** Hides the secrets of one line that comes in pieces; holds at most two blocks of 8,192 characters back. */
export interface TextFilter {
  /** What may be shown by now. */
  write(piece: string): string
  /** The rest of the line. */
  end(): string
}

/** Makes the filter of one line: the same line gives the same text, wherever its pieces were cut. */
export function createTextFilter(): TextFilter {
  let raw = ''
  let held = ''
  let long = false
  // Set while the rest of a secret that is longer than a block goes by.
  let passing: string | undefined

  function drop(): void {
    const end = held.search(passing === 'private_key' ? /["'<>]/ : /[\s"'<>]/)
    held = end === -1 ? '' : held.slice(end)
    if (end !== -1) passing = undefined
  }

  function drain(): string {
    let shown = ''
    while (held.length >= BLOCK) {
      if (passing !== undefined) drop()
      else {
        const { text, taken, unended } = release(held.slice(0, BLOCK))
        shown += text
        held = held.slice(taken)
        passing = unended
      }
    }
    return shown
  }

  return {
    write(piece) {
      raw += piece
      let shown = ''
      while (raw.length >= BLOCK) {
        long = true
        held += visible(raw.slice(0, BLOCK))
        raw = raw.slice(BLOCK)
        shown += drain()
      }
      return shown
    },
    end() {
      if (!long) return redactLines(raw)
      held += visible(raw)
      const shown = drain()
      if (passing !== undefined) drop()
      return shown + hideSecrets(held)
    },
  }
}

interface Released {
  text: string
  /** How many characters of the block that is. */
  taken: number
  /** The kind of the secret that goes on where the block ends. */
  unended: string | undefined
}

// Everything before the cut is settled: whatever begins there also ends within the block, or reaches over its end.
function release(block: string): Released {
  const secrets = findSecrets(block)
  let cut = wordEnd(block)
  for (const { from, start, end, kind } of secrets.toReversed()) {
    if (from >= cut || end <= cut) continue
    if (end === block.length) {
      return { text: hidden(block, secrets, start) + placeholder(kind), taken: end, unended: kind }
    }
    cut = from > 0 ? from : end
  }
  return { text: hidden(block, secrets, cut), taken: cut, unended: undefined }
}

function wordEnd(block: string): number {
  const space = block.lastIndexOf(' ', AHEAD)
  return space > AHEAD - LONGEST_WORD ? space : AHEAD
}

function hidden(block: string, secrets: ReturnType<typeof findSecrets>, until: number): string {
  let shown = ''
  let read = 0
  for (const { start, end, kind } of secrets) {
    if (end > until) break
    shown += block.slice(read, start) + placeholder(kind)
    read = end
  }
  return shown + block.slice(read, until)
}
