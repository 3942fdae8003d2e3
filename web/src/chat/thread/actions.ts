import type { Message } from '../../../../src/contract/chat.ts'

/** What a person may do with the messages of a conversation. Failures are told to the person where they happen. */
export interface ThreadActions {
  copy(text: string): Promise<void>
  regenerate(message: Message): Promise<void>
  /** @returns whether it was taken */
  edit(message: Message, text: string): Promise<boolean>
  show(messageId: string): Promise<void>
  goOn(): void
}
