import { z } from 'zod'

/** How far a message has come; only `complete` and `stopped` are final and whole in the writer's own words. */
export const MessageStatus = z
  .enum(['pending', 'streaming', 'complete', 'stopped', 'failed', 'interrupted'])
  .meta({ id: 'MessageStatus', description: 'How far a message has come.' })
export type MessageStatus = z.infer<typeof MessageStatus>

/** What a reply cost and how its tokens divide; `costNanoUsd` is null while the model's price is unknown. */
export const Usage = z
  .object({
    inputTokens: z.int().describe('Tokens read that no cache held.'),
    cacheCreationInputTokens: z.int().describe('Tokens written to the prompt cache.'),
    cacheReadInputTokens: z.int().describe('Tokens read from the prompt cache.'),
    outputTokens: z.int().describe('Tokens of the reply.'),
    costNanoUsd: z
      .int()
      .nullable()
      .describe('Billionths of a US dollar; null while the price of the model is unknown.'),
    estimated: z.boolean().describe('Whether Claude’s own count never came.'),
    simulated: z.boolean().describe('Whether the reply was made up on this machine.'),
    overheadMs: z.number().nullable().describe('What Helix took before it asked Claude, in ms.'),
  })
  .meta({ id: 'Usage', description: 'What a reply cost.' })
export type Usage = z.infer<typeof Usage>

export const Message = z
  .object({
    id: z.uuid(),
    sessionKey: z.uuid().describe('The conversation it belongs to.'),
    role: z.enum(['user', 'assistant', 'system']),
    content: z.string().describe('The text, as far as it has come.'),
    status: MessageStatus,
    stopReason: z.string().nullable().describe('Why Claude ended, in its own words, such as `end_turn`.'),
    model: z.string().nullable().describe('The model that wrote it; null for a person’s message.'),
    createdAt: z.iso.datetime(),
    parentId: z.uuid().nullable().describe('The message it follows; null for the first.'),
    siblings: z
      .object({ ids: z.array(z.uuid()), index: z.int() })
      .describe('The branches at its place, itself included, and its own place among them.'),
    generationId: z.uuid().nullable().describe('The reply to attach to; null for a person’s message.'),
    clientMessageId: z.string().nullable().describe('The id its sender gave it.'),
    isPending: z
      .boolean()
      .describe('Whether it was written offline and has yet to reach the gateway; false in its answers.'),
    syncedAt: z.iso
      .datetime()
      .nullable()
      .describe('When a message written offline reached the gateway; null for one sent at once.'),
    usage: Usage.nullable(),
    inputLimit: z
      .int()
      .optional()
      .describe('Tokens of prompt its model takes at most; absent where that is not known.'),
    summarised: z
      .boolean()
      .optional()
      .describe('Whether later prompts hold a summary in place of everything up to here; only in lists.'),
    secretNext: z
      .boolean()
      .optional()
      .describe('Whether the answer to this is a secret: mask it, and keep it in no draft, store or queue.'),
  })
  .meta({ id: 'Message', description: 'One message of a conversation.' })
export type Message = z.infer<typeof Message>

export const Conversation = z
  .object({
    sessionKey: z.uuid(),
    title: z.string().nullable(),
    messageCount: z.int(),
    activeMessageId: z.uuid().nullable().describe('The end of the branch that is shown.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    lastMessageAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Conversation', description: 'A conversation, without its messages.' })
export type Conversation = z.infer<typeof Conversation>

/** Lists come newest page first; `before` leads to the next older page and is null at the end. */
export const ConversationPage = z
  .object({
    conversations: z.array(Conversation),
    before: z.string().nullable().describe('Leads to the next older page; null at the end.'),
  })
  .meta({ id: 'ConversationPage', description: 'Conversations, latest activity first.' })
export type ConversationPage = z.infer<typeof ConversationPage>

export const MessagePage = z
  .object({
    messages: z.array(Message),
    before: z.uuid().nullable().describe('Leads to the next older page; null at the end.'),
    after: z.uuid().nullable().describe('Leads to the next newer page; null on the newest.'),
  })
  .meta({ id: 'MessagePage', description: 'Messages, oldest first within the page.' })
export type MessagePage = z.infer<typeof MessagePage>

/** The longest message a person may send, in characters. */
export const MESSAGE_LIMIT = 200_000

const clientMessageId = z
  .string()
  .regex(/^[A-Za-z0-9:_-]{1,128}$/, 'expected 1 to 128 of A–Z a–z 0–9 : _ -')
  .describe('Makes it safe to send again: the same id and body return the first outcome.')
/** PostgreSQL stores no U+0000; half a surrogate pair becomes U+FFFD, as it would on any way as UTF-8. */
const messageText = z
  .string()
  .max(MESSAGE_LIMIT, `expected at most ${MESSAGE_LIMIT} characters`)
  .refine((text) => text.trim().length > 0, 'expected some text')
  .refine((text) => !text.includes('\0'), 'expected text without the character U+0000')
  .transform((text) => text.toWellFormed())
  .describe('The text; not only white space, without U+0000.')
const model = z
  .string()
  .min(1)
  .max(100)
  .describe('A model Helix knows; without it the one of the configuration.')

export const SendRequest = z
  .strictObject({
    message: messageText,
    sessionKey: z
      .uuid()
      .transform((key) => key.toLowerCase())
      .optional()
      .describe('The conversation; an unknown key begins it, without one a new conversation begins.'),
    clientMessageId: clientMessageId.optional(),
    model: model.optional(),
    writtenAt: z.iso
      .datetime({ offset: true })
      .max(35)
      .optional()
      .describe(
        'When it was written, if it had to wait to be sent: kept with the message, which then has `syncedAt`. A time to come counts as now.',
      ),
  })
  .meta({ id: 'SendRequest' })
export type SendRequest = z.infer<typeof SendRequest>

export const RegenerateRequest = z
  .strictObject({
    messageId: z.uuid().describe('The reply to have again.'),
    clientMessageId: clientMessageId.optional(),
    model: model.optional(),
  })
  .meta({ id: 'RegenerateRequest' })
export type RegenerateRequest = z.infer<typeof RegenerateRequest>

export const EditRequest = z
  .strictObject({
    messageId: z.uuid().describe('The message of yours to reword.'),
    message: messageText,
    clientMessageId: clientMessageId.optional(),
    model: model.optional(),
  })
  .meta({ id: 'EditRequest' })
export type EditRequest = z.infer<typeof EditRequest>

/** The longest title a person may give, in characters. */
const TITLE_LIMIT = 500

export const ChangeConversationRequest = z
  .strictObject({
    title: z
      .string()
      .max(TITLE_LIMIT, `expected at most ${TITLE_LIMIT} characters`)
      .transform((text) =>
        text
          .toWellFormed()
          .replace(/[\s\p{Cc}]+/gu, ' ')
          .trim(),
      )
      .refine((text) => text.length > 0, 'expected some text')
      .optional()
      .describe(
        'One line: white space and control characters become single spaces. Helix never replaces it.',
      ),
    activeMessageId: z
      .uuid()
      .optional()
      .describe('The branch to show, by any of its messages: to the end that was written last below it.'),
  })
  .refine(
    (given) => Object.values(given).some((value) => value !== undefined),
    'expected something to change',
  )
  .meta({ id: 'ChangeConversationRequest' })
export type ChangeConversationRequest = z.infer<typeof ChangeConversationRequest>

/** The JSON form of a finished reply. */
export const SendResponse = z
  .object({
    role: z.literal('assistant'),
    content: z.string().describe('The text of the reply.'),
    sessionKey: z.uuid(),
    message: Message,
    usage: Usage,
  })
  .meta({ id: 'SendResponse', description: 'A reply that has ended.' })
export type SendResponse = z.infer<typeof SendResponse>

const limit = z.coerce.number().int().min(1).max(200).default(50).describe('How many at most.')
const cursor = <T extends z.ZodType<string>>(schema: T) =>
  schema
    .optional()
    .transform((given) => given ?? null)
    .describe('The cursor of the page before, exactly as it came.')

export const ListConversationsQuery = z.strictObject({ limit, before: cursor(z.string().max(200)) })

export const ListMessagesQuery = z
  .strictObject({
    limit,
    before: cursor(z.uuid()),
    after: cursor(z.uuid()).describe('The `after` of another page, for the page of messages that follow it.'),
    around: cursor(z.uuid()).describe('A message, for the page that has it in its middle.'),
    all: z
      .enum(['true', 'false', '1', '0', ''])
      .transform((given) => given !== 'false' && given !== '0')
      .default(false)
      .describe('Every branch in the order of writing, instead of the line that ends in `activeMessageId`.'),
  })
  .refine(
    ({ before, after, around }) => [before, after, around].filter((place) => place !== null).length < 2,
    'expected one of `before`, `after` and `around`',
  )
  .refine(
    ({ after, around, all }) => !all || (after === null && around === null),
    'expected `after` and `around` without `all`',
  )
export type ListMessagesQuery = z.infer<typeof ListMessagesQuery>
