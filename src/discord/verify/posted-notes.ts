import { parseCheckpoint, type SignedCheckpoint } from '../../audit/checkpoints/checkpoint.ts'
import { isNoteFile } from '../file-name.ts'
import type { DiscordApi } from '../setup/api.ts'
import type { ReadFile } from './file-bytes.ts'
import { readMessages } from './messages.ts'
import { aboutMessage, bytesOf, type PostMessage } from './posted.ts'
import type { Room } from './rooms.ts'

/** A checkpoint as it stands in Discord; undefined where the file holds none. */
export interface PostedNote {
  message: PostMessage
  fileName: string
  checkpoint: SignedCheckpoint | undefined
}

/** Every checkpoint in a room, in the order Discord has them. Says nothing of their signatures. */
export async function* readNotes(
  { api, readFile, ours }: { api: DiscordApi; readFile: ReadFile; ours: ReadonlySet<string> },
  room: Room,
): AsyncGenerator<PostedNote> {
  for await (const message of readMessages(api, room)) {
    const about = aboutMessage(message, ours)
    for (const file of message.attachments) {
      if (!isNoteFile(file.filename)) continue
      const bytes = await bytesOf({ api, readFile }, message, file)
      const parsed = parseCheckpoint(bytes?.toString('utf8') ?? '')
      yield { message: about, fileName: file.filename, checkpoint: parsed?.checkpoint }
    }
  }
}
