import type { ClaudeRequest, PromptBlock } from '../claude/claude.ts'

/** A line of the conversation as it is stored. */
export interface HistoryLine {
  role: 'user' | 'assistant' | 'system'
  content: string
  createdAt: string
}

export interface PromptParts {
  persona: string
  /** What is known of the person, frozen when the conversation began. */
  memoryBlock: string | null
  /** What was said before the first line of `history`, once a conversation has outgrown the model. */
  summary: string | null
  history: readonly HistoryLine[]
}

type Turn = ClaudeRequest['turns'][number]

/** Claude refuses an assistant turn at the start, which a conversation written before Helix may have. */
const LEAD = { role: 'user' as const, blocks: [{ text: '…' }] }

/**
 * The prompt of a turn, cache-stable by construction: blocks that never change come first, each with a cache
 * breakpoint of its own, then the turns, which only ever grow at the end. Volatile facts (the time) stand in the
 * user turn they belong to and are read from the stored message, so that they are spelled the same for ever.
 */
export function buildPrompt(parts: PromptParts): Pick<ClaudeRequest, 'system' | 'turns'> {
  return { system: systemBlocks(parts), turns: toTurns(parts.history) }
}

/** How many characters a prompt holds, to estimate tokens where Claude's own count never came. */
export function promptCharacters({ system, turns }: Pick<ClaudeRequest, 'system' | 'turns'>): number {
  const blocks = [...system, ...turns.flatMap(({ blocks }) => blocks)]
  return blocks.reduce((total, { text }) => total + text.length, 0)
}

function systemBlocks({ persona, memoryBlock, summary }: PromptParts): PromptBlock[] {
  const blocks: PromptBlock[] = [{ text: persona, cache: true }]
  if (memoryBlock) blocks.push({ text: memoryBlock, cache: true })
  if (summary)
    blocks.push({ text: `<earlier_conversation>\n${summary}\n</earlier_conversation>`, cache: true })
  return blocks
}

/** Neighbours of one role share a turn, and a reply that never said anything leaves no trace. */
function toTurns(history: readonly HistoryLine[]): Turn[] {
  const turns: { role: Turn['role']; blocks: PromptBlock[] }[] = []
  for (const line of history.filter(({ content }) => content.trim() !== '')) {
    const role = line.role === 'assistant' ? 'assistant' : 'user'
    if (turns.length === 0 && role === 'assistant') turns.push({ ...LEAD, blocks: [...LEAD.blocks] })
    if (turns.at(-1)?.role !== role) turns.push({ role, blocks: [] })
    if (role === 'user') turns.at(-1)?.blocks.push({ text: sentAt(line.createdAt) })
    turns.at(-1)?.blocks.push({ text: line.content })
  }
  return turns
}

function sentAt(createdAt: string): string {
  return `<sent at="${new Date(createdAt).toISOString().slice(0, 16)}Z"/>`
}
