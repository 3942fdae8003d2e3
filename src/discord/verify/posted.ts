import type { AuditEntry, Channel } from '../../audit/entry.ts'
import { parseEntry } from '../../audit/entry-shape.ts'
import { entryHash } from '../../audit/hash.ts'
import { logFileIn } from '../file-name.ts'
import type { DiscordApi } from '../setup/api.ts'
import { snowflakeTime } from '../setup/snowflake.ts'
import type { ReadFile } from './file-bytes.ts'
import { readMessage, readMessages, type SeenFile, type SeenMessage } from './messages.ts'
import type { Room } from './rooms.ts'

/** A message that holds entries, or held some. */
export interface PostMessage {
  id: string
  /** When Discord took it, by its own clock, in ms. */
  at: number
  edited: boolean
  /** Whether one of our webhooks left it. */
  ours: boolean
  /** Whether it holds all that its channel had then. */
  whole: boolean
}

/** One line as it stands in Discord; `entry` is undefined where it is none, or has not the hash it carries. */
export interface PostedLine {
  message: PostMessage
  entry: AuditEntry | undefined
}

export interface PostSource {
  api: DiscordApi
  readFile: ReadFile
  /** Our webhooks, by id; every webhook where none is known. */
  ours: ReadonlySet<string>
}

/** Every line that stands in a room, in the order Discord has the messages. Holds one page and one file at a time. */
export async function* readPosted(source: PostSource, room: Room): AsyncGenerator<PostedLine> {
  for await (const message of readMessages(source.api, room)) {
    const files = message.attachments.filter(({ filename }) => logFileIn(filename)?.channel === room.channel)
    const about = aboutMessage(message, source.ours)
    // An edit may have taken the file out: that the message was edited is then all that is left of it.
    if (files.length === 0 && about.ours && about.edited) yield { message: about, entry: undefined }
    for (const file of files) {
      const whole = logFileIn(file.filename)?.part === false
      for (const line of await linesOf(source, message, file))
        yield { message: { ...about, whole }, entry: intact(line, room.channel) }
    }
  }
}

export function aboutMessage(message: SeenMessage, ours: ReadonlySet<string>): PostMessage {
  const { id, webhook_id, edited_timestamp } = message
  return {
    id,
    at: Date.parse(snowflakeTime(id)),
    edited: typeof edited_timestamp === 'string',
    ours: typeof webhook_id === 'string' && (ours.size === 0 || ours.has(webhook_id)),
    whole: false,
  }
}

async function linesOf(source: PostSource, message: SeenMessage, file: SeenFile): Promise<string[]> {
  const bytes = await bytesOf(source, message, file)
  const text = bytes?.toString('utf8') ?? ''
  return text === '' ? [''] : text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)
}

/** The bytes of a file of a message. Addresses run out: the message, read again, has a new one. */
export async function bytesOf(
  { api, readFile }: Pick<PostSource, 'api' | 'readFile'>,
  { id, channel_id }: Pick<SeenMessage, 'id' | 'channel_id'>,
  file: SeenFile,
): Promise<Buffer | undefined> {
  const bytes = await readFile(file)
  if (bytes) return bytes
  const again = await readMessage(api, channel_id, id)
  const renewed = again?.attachments.find((each) => each.id === file.id)
  return renewed && (await readFile(renewed))
}

function intact(line: string, channel: Channel): AuditEntry | undefined {
  const entry = parseEntry(line)
  try {
    return entry?.channel === channel && entryHash(entry) === entry.hash ? entry : undefined
  } catch {
    return undefined
  }
}
