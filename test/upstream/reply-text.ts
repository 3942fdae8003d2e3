import type { Behaviour } from './behaviour.ts'
import { asksForTitle, lastText, type MessagesBody } from './request.ts'

const WORDS = 12

/** The reply to a request in pieces of one token each, cut at `max_tokens`; the same to the same request. */
export function replyPieces(body: MessagesBody, { reply, words = WORDS, stopReason }: Behaviour) {
  const all = splitIntoTokens(
    reply ?? (asksForTitle(body) ? ownTitle(lastText(body)) : ownReply(lastText(body), words)),
  )
  const pieces = all.slice(0, body.max_tokens)
  const cut = pieces.length < all.length
  return { pieces, stopReason: stopReason ?? (cut ? 'max_tokens' : 'end_turn') }
}

/** A word with the space after it is a token. */
function splitIntoTokens(text: string): string[] {
  return text.match(/\S+\s*/g) ?? []
}

/** A title as a model words one, its own habits included. */
function ownTitle(transcript: string): string {
  const first = /<user>\n(.*?)\n<\/user>/s.exec(transcript)?.[1] ?? transcript
  const words = first
    .replace(/\[\[.*?\]\]/g, '')
    .trim()
    .split(/\s+/)
  return `"About ${words.slice(0, 3).join(' ')}."`
}

function ownReply(asked: string, words: number): string {
  const opening = `Réponse ✓ to ${asked
    .replace(/\[\[.*?\]\]/g, '')
    .trim()
    .slice(0, 40)}:`.split(/\s+/)
  const filler = Array.from({ length: Math.max(0, words - opening.length) }, (_, index) => `word${index + 1}`)
  return [...opening, ...filler].slice(0, words).join(' ')
}
