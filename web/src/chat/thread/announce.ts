/** Longer than this, a sentence that has not ended is read out as far as its last word. */
const LONGEST = 240

/**
 * What of a growing text is to be read out next, and up to where: whole sentences, without Markdown's marks. Empty while
 * no sentence has ended.
 * @param from where the last announcement ended
 */
export function nextAnnouncement(text: string, from: number, ended: boolean): { said: string; upto: number } {
  const rest = text.slice(from)
  const upto = ended ? rest.length : endOfSentences(rest)
  return { said: plain(rest.slice(0, upto)), upto: from + upto }
}

function endOfSentences(text: string): number {
  let end = 0
  for (const found of text.matchAll(/[.!?…:](?=\s)|\n+/g)) end = found.index + found[0].length
  if (end === 0 && text.length > LONGEST) return text.lastIndexOf(' ', LONGEST) + 1 || LONGEST
  return end
}

function plain(text: string): string {
  return text
    .replace(/```\w*/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|~]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
