/** What a simulated Claude is shown. */
export interface SimulatedPrompt {
  system: string
  /** The person's messages, oldest first. */
  said: readonly string[]
}

const QUOTE_CHARACTERS = 120
const TITLE_WORDS = 6

/**
 * What the simulated Claude answers: the same to the same prompt, and never as if a model had thought.
 * Background work that asks for a title or a summary gets one made of the person's own words.
 */
export function simulatedReply({ system, said: sent }: SimulatedPrompt): string {
  const said = sent.map(withoutStamp)
  const last = said.at(-1) ?? ''
  if (asksFor('title', system) || asksFor('title', last)) return titleOf(said)
  if (asksFor('summary', system) || asksFor('summary', last)) return summaryOf(said)
  return [
    'This is the simulated Claude: no model read your message, and it did not leave this machine.',
    `You wrote ${quote(last)}, ${countWords(last)} long${said.length > 1 ? `, your message ${said.length} of this conversation` : ''}.`,
    'Everything around this reply is real: it was streamed, logged and stored as any other.',
    'To talk to Claude itself, set `CLAUDE_API_KEY` and start Helix again.',
  ].join('\n\n')
}

/** The person's own words: Helix tells Claude in a tag before them when they were sent. */
function withoutStamp(text: string): string {
  return text.replace(/^<sent at="[^"]*"\/>\s*/, '')
}

function asksFor(what: 'title' | 'summary', instruction: string): boolean {
  const wanted = what === 'title' ? 'titles?' : 'summar(?:y|ies)'
  const ask = new RegExp(
    `\\b(?:write|give|suggest|create|make|reply with)\\b[^.\\n]{0,60}\\b${wanted}\\b`,
    'i',
  )
  return ask.test(instruction) || (what === 'summary' && /\bsummari[sz]e\b/i.test(instruction))
}

function titleOf(said: readonly string[]): string {
  const first = said.find((text) => text.trim() !== '') ?? ''
  const own = /<user>\n(.*?)\n<\/user>/s.exec(first)?.[1] ?? first
  const words = own.trim().split(/\s+/).slice(0, TITLE_WORDS)
  return words.join(' ') || 'Simulated conversation'
}

function summaryOf(said: readonly string[]): string {
  const points = said.map((text) => `- The person wrote ${quote(text)}.`)
  return ['Simulated summary, made by no model:', ...points].join('\n')
}

function quote(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  const characters = [...flat]
  return characters.length > QUOTE_CHARACTERS
    ? `“${characters.slice(0, QUOTE_CHARACTERS).join('')}…”`
    : `“${flat}”`
}

function countWords(text: string): string {
  const words = text.split(/\s+/).filter(Boolean).length
  return words === 1 ? 'one word' : `${words} words`
}
