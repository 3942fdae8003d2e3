const TITLE_LENGTH = 60

/** The first words of a message, as the conversation's first title: one line of at most 60 characters. */
export function firstWords(message: string): string {
  return shorten(plain(message) || oneLine(message))
}

/** A title as a model worded it, made presentable; empty when nothing of it can be shown. */
export function tidyTitle(worded: string): string {
  const line = worded.split('\n').find((one) => plain(one) !== '') ?? ''
  const bare = plain(line)
    .replace(/^title\s*:\s*/i, '')
    .replace(/^["'“”‘’«»„]+|["'“”‘’«»]+$/gu, '')
    .replace(/(?<!\.)\.$/, '')
  return shorten(bare.trim())
}

/** Text without Markdown, on one line. */
function plain(text: string): string {
  return oneLine(
    text
      .replace(/^\s*(?:```\S*|~~~\S*)\s*$/gm, '')
      .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)/gm, '')
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\*\*|__|~~|`/g, '')
      .replace(/(?<![\w*])[*_](\S[^*_]*)[*_](?![\w*])/g, '$1'),
  )
}

/** Control characters and those that turn the direction of what follows have no place in a list of titles. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

function shorten(line: string): string {
  const characters = [...line]
  if (characters.length <= TITLE_LENGTH && line.length <= TITLE_LENGTH) return line
  let cut = ''
  for (const character of characters) {
    if (cut.length + character.length > TITLE_LENGTH - 1) break
    cut += character
  }
  const space = cut.lastIndexOf(' ')
  return `${(space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut).trimEnd()}…`
}
