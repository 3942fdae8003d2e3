import { emptyMessage, Form, tooLarge } from './refusal.ts'

const MOST_BYTES_A_FILE = 10 * 1024 * 1024
const MOST_FILES = 10
const MOST_EMBEDS = 10
const MOST_EMBED_CHARACTERS = 6_000

export interface UploadedFile {
  /** The n of `files[n]`. */
  index: number
  name: string
  type: string
  bytes: Buffer
}

/** A message as its sender wants it, within Discord's rules and as Discord stores it. */
export interface Draft {
  content: string
  embeds: Record<string, unknown>[]
  files: UploadedFile[]
  username: string | undefined
  allowedMentions: AllowedMentions | undefined
}

export interface AllowedMentions {
  parse?: string[]
  users?: string[]
  roles?: string[]
}

/** @throws Refusal 50035, 50006 or 40005 where Discord would refuse the message. */
export function checkMessage(payload: Record<string, unknown>, files: UploadedFile[]): Draft {
  const form = new Form()
  const content = form.text('content', payload.content, { max: 2_000 }) ?? ''
  const username = form.text('username', payload.username, { min: 1, max: 80 })
  if (username !== undefined) checkName(form, 'username', username)
  const embeds = checkEmbeds(form, payload.embeds)
  const allowedMentions = checkMentions(form, payload.allowed_mentions)
  if (files.length > MOST_FILES)
    form.wrong('files', 'BASE_TYPE_MAX_LENGTH', `Must be ${MOST_FILES} or fewer in length.`)
  checkAttachments(form, payload.attachments, files)
  form.check()
  if (files.some(({ bytes }) => bytes.length > MOST_BYTES_A_FILE)) throw tooLarge()
  if (content === '' && embeds.length === 0 && files.length === 0) throw emptyMessage()
  return { content, embeds, files, username, allowedMentions }
}

/** Names of webhooks may not pass for Discord's own. */
export function checkName(form: Form, path: string, name: string): void {
  const word = /clyde|discord/i.exec(name)?.[0]
  if (word) form.wrong(path, 'WEBHOOK_NAME_INVALID', `Username cannot contain "${word.toLowerCase()}"`)
}

function checkEmbeds(form: Form, value: unknown): Record<string, unknown>[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    form.wrong('embeds', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType')
    return []
  }
  if (value.length > MOST_EMBEDS)
    form.wrong('embeds', 'BASE_TYPE_MAX_LENGTH', `Must be ${MOST_EMBEDS} or fewer in length.`)
  let characters = 0
  const count = (text: string | undefined) => {
    characters += [...(text ?? '')].length
    return text
  }
  const embeds = value.map((embed, place) => checkEmbed(form, `embeds.${place}`, embed, count))
  if (characters > MOST_EMBED_CHARACTERS)
    form.wrong('embeds', 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000')
  return embeds
}

type Count = (text: string | undefined) => string | undefined

function checkEmbed(form: Form, path: string, embed: Record<string, unknown>, count: Count) {
  const part = (name: string) => (embed[name] ?? {}) as Record<string, unknown>
  const title = count(form.text(`${path}.title`, embed.title, { max: 256 }))
  const description = count(form.text(`${path}.description`, embed.description, { max: 4_096 }))
  const footer = count(form.text(`${path}.footer.text`, part('footer').text, { max: 2_048 }))
  const author = count(form.text(`${path}.author.name`, part('author').name, { max: 256 }))
  const fields = Array.isArray(embed.fields) ? embed.fields : []
  if (fields.length > 25)
    form.wrong(`${path}.fields`, 'BASE_TYPE_MAX_LENGTH', 'Must be 25 or fewer in length.')
  const keptFields = fields.map((field, place) => {
    const at = `${path}.fields.${place}`
    for (const key of ['name', 'value'])
      if (field[key] === undefined) form.wrong(`${at}.${key}`, 'BASE_TYPE_REQUIRED', 'This field is required')
    return {
      name: count(form.text(`${at}.name`, field.name, { min: 1, max: 256 })),
      value: count(form.text(`${at}.value`, field.value, { min: 1, max: 1_024 })),
      inline: field.inline === true,
    }
  })
  const { color, timestamp } = embed
  if (color !== undefined && !(Number.isInteger(color) && Number(color) >= 0 && Number(color) <= 0xffffff))
    form.wrong(`${path}.color`, 'NUMBER_TYPE_MAX', 'int value should be less than or equal to 16777215.')
  if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp))))
    form.wrong(`${path}.timestamp`, 'DATE_TIME_TYPE_PARSE', 'Could not parse timestamp. Should be ISO8601.')
  return {
    type: 'rich',
    ...(title && { title }),
    ...(description && { description }),
    ...(footer && { footer: { text: footer } }),
    ...(author && { author: { name: author } }),
    ...(color !== undefined && { color }),
    ...(timestamp !== undefined && { timestamp: new Date(String(timestamp)).toISOString() }),
    ...(keptFields.length > 0 && { fields: keptFields }),
  }
}

function checkMentions(form: Form, value: unknown): AllowedMentions | undefined {
  if (value === undefined || value === null) return undefined
  const { parse = [], users, roles } = value as AllowedMentions
  for (const [place, what] of parse.entries())
    if (!['roles', 'users', 'everyone'].includes(what))
      form.wrong(
        `allowed_mentions.parse.${place}`,
        'BASE_TYPE_CHOICES',
        "Value must be one of {'roles', 'users', 'everyone'}.",
      )
  for (const [name, listed] of Object.entries({ users, roles }))
    if (listed && parse.includes(name))
      form.wrong(
        'allowed_mentions',
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${name}"] and ${name}`,
      )
  return { parse, ...(users && { users }), ...(roles && { roles }) }
}

function checkAttachments(form: Form, value: unknown, files: UploadedFile[]): void {
  if (!Array.isArray(value)) return
  // Ids of what is attached already are snowflakes; the others name a file of this request.
  for (const [place, { id }] of value.entries())
    if (Number(id) < 1_000 && !files.some(({ index }) => index === Number(id)))
      form.wrong(`attachments.${place}.id`, 'ATTACHMENT_NOT_FOUND', `Attachment id ${id} not found`)
}
