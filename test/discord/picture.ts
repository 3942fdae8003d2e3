import { CHANNELS } from '../../src/audit/entry.ts'
import type { StrictDiscord } from './discord.ts'
import type { Message } from './world.ts'

const MOST_LINES = 3
const WIDTH = 22

/** What the seven channels look like, one message of each, as text. `wanted` says which, by a word in it. */
export function drawChannels(discord: StrictDiscord, wanted: Readonly<Record<string, string>>): string {
  return CHANNELS.flatMap((channel) => {
    const name = `#helix-${channel}`
    const messages = discord.channels().find((each) => `#${each.name}` === name)?.messages ?? []
    const word = wanted[channel]
    const chosen = messages.filter((message) => word && textOf(message).includes(word))
    return chosen.slice(-1).flatMap((message) => draw(name, message))
  }).join('\n')
}

function draw(name: string, message: Message): string[] {
  const [embed = {}] = message.embeds
  const lines = String(embed.description ?? '')
    .split('\n')
    .filter((line) => !line.startsWith('```'))
  const more = lines.length > MOST_LINES ? ['…'] : []
  const indent = ''.padEnd(WIDTH)
  return [
    `${name.padEnd(WIDTH)}${embed.title}`,
    ...[...lines.slice(0, MOST_LINES), ...more].map(
      (line) => `${indent}| ${line.replace(/cli:\S+/, 'cli:anna').slice(0, 96)}`,
    ),
    ...message.attachments.map(({ filename }) => `${indent}file ${filename}`),
  ]
}

function textOf({ embeds }: Message): string {
  return JSON.stringify(embeds)
}

/** The same for every run: whatever differs from one to the next is a letter. */
export function shapeOf(text: string): string {
  return (
    text
      .replace(/\d\d:\d\d:\d\d/g, 't')
      .replace(/[A-Za-z0-9+/]{43}=/g, 'r')
      .replace(/[0-9a-f]{16,}/g, 'h')
      .replace(/\d+/g, 'n')
      // Of an entry: its kind, whose it is and what is said first; long lines are cut at one place or another.
      .replace(/^( *\| #n t \S+ \w+):\S+ (\w+)=.*$/gm, '$1 $2')
  )
}

const MARK = (name: string, end: 'begin' | 'end') => `<!-- ${name}: ${end} -->`

/** What stands between the marks of a page, as a block of text. */
export function blockIn(page: string, name: string): string {
  const [, text = ''] =
    new RegExp(`${MARK(name, 'begin')}\n\`\`\`\\w+\n([\\s\\S]*?)\n\`\`\`\n${MARK(name, 'end')}`).exec(page) ??
    []
  return text
}

/** The page with another block between the marks. */
export function withBlock(page: string, name: string, text: string): string {
  const [begin, end] = [MARK(name, 'begin'), MARK(name, 'end')]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from === -1 || to < from) throw new Error(`The page has no place for ${name}`)
  return `${page.slice(0, from)}${begin}\n\`\`\`text\n${text}\n\`\`\`\n${page.slice(to)}`
}
