import { z } from 'zod'

/** How far a message has come; only `complete` and `stopped` are final and whole in the writer's own words. */
export const MessageStatus = z.enum(['pending', 'streaming', 'complete', 'stopped', 'failed', 'interrupted'])
export type MessageStatus = z.infer<typeof MessageStatus>

/** What a reply cost and how its tokens divide; `costNanoUsd` is null while the model's price is unknown. */
export const Usage = z.object({
  inputTokens: z.int(),
  cacheCreationInputTokens: z.int(),
  cacheReadInputTokens: z.int(),
  outputTokens: z.int(),
  costNanoUsd: z.int().nullable(),
  estimated: z.boolean(),
  simulated: z.boolean(),
  overheadMs: z.number().nullable(),
})
export type Usage = z.infer<typeof Usage>

export const Message = z.object({
  id: z.uuid(),
  sessionKey: z.uuid(),
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string(),
  status: MessageStatus,
  stopReason: z.string().nullable(),
  model: z.string().nullable(),
  createdAt: z.iso.datetime(),
  parentId: z.uuid().nullable(),
  siblings: z.object({ ids: z.array(z.uuid()), index: z.int() }),
  generationId: z.uuid().nullable(),
  clientMessageId: z.string().nullable(),
  isPending: z.boolean(),
  syncedAt: z.iso.datetime().nullable(),
  usage: Usage.nullable(),
})
export type Message = z.infer<typeof Message>

export const Conversation = z.object({
  sessionKey: z.uuid(),
  title: z.string().nullable(),
  messageCount: z.int(),
  activeMessageId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  lastMessageAt: z.iso.datetime().nullable(),
})
export type Conversation = z.infer<typeof Conversation>

/** Lists come newest page first; `before` leads to the next older page and is null at the end. */
export const ConversationPage = z.object({
  conversations: z.array(Conversation),
  before: z.string().nullable(),
})
export type ConversationPage = z.infer<typeof ConversationPage>

export const MessagePage = z.object({ messages: z.array(Message), before: z.string().nullable() })
export type MessagePage = z.infer<typeof MessagePage>

/** The longest message a person may send, in characters. */
export const MESSAGE_LIMIT = 200_000

const clientMessageId = z.string().regex(/^[A-Za-z0-9:_-]{1,128}$/, 'expected 1 to 128 of A–Z a–z 0–9 : _ -')
/** PostgreSQL stores no U+0000; half a surrogate pair becomes U+FFFD, as it would on any way as UTF-8. */
const messageText = z
  .string()
  .max(MESSAGE_LIMIT, `expected at most ${MESSAGE_LIMIT} characters`)
  .refine((text) => text.trim().length > 0, 'expected some text')
  .refine((text) => !text.includes('\0'), 'expected text without the character U+0000')
  .transform((text) => text.toWellFormed())
const model = z.string().min(1).max(100)

export const SendRequest = z.strictObject({
  message: messageText,
  sessionKey: z
    .uuid()
    .transform((key) => key.toLowerCase())
    .optional(),
  clientMessageId: clientMessageId.optional(),
  model: model.optional(),
})
export type SendRequest = z.infer<typeof SendRequest>

export const RegenerateRequest = z.strictObject({
  messageId: z.uuid(),
  clientMessageId: clientMessageId.optional(),
  model: model.optional(),
})
export type RegenerateRequest = z.infer<typeof RegenerateRequest>

export const EditRequest = z.strictObject({
  messageId: z.uuid(),
  message: messageText,
  clientMessageId: clientMessageId.optional(),
  model: model.optional(),
})
export type EditRequest = z.infer<typeof EditRequest>

/** The JSON form of a finished reply. */
export const SendResponse = z.object({
  role: z.literal('assistant'),
  content: z.string(),
  sessionKey: z.uuid(),
  message: Message,
  usage: Usage,
})
export type SendResponse = z.infer<typeof SendResponse>
