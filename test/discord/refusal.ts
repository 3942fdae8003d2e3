/** An answer other than success, in the body Discord gives it. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Record<string, unknown>

  constructor(status: number, code: number, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.body = { message, code, ...more }
  }
}

export const unauthorized = () => new Refusal(401, 0, '401: Unauthorized')
export const unknownRoute = () => new Refusal(404, 0, '404: Not Found')
export const unknownChannel = () => new Refusal(404, 10003, 'Unknown Channel')
export const unknownGuild = () => new Refusal(404, 10004, 'Unknown Guild')
export const unknownMessage = () => new Refusal(404, 10008, 'Unknown Message')
export const unknownWebhook = () => new Refusal(404, 10015, 'Unknown Webhook')
export const invalidWebhookToken = () => new Refusal(401, 50027, 'Invalid Webhook Token')
export const missingAccess = () => new Refusal(403, 50001, 'Missing Access')
export const missingPermissions = () => new Refusal(403, 50013, 'Missing Permissions')
export const emptyMessage = () => new Refusal(400, 50006, 'Cannot send an empty message')
export const tooLarge = () => new Refusal(413, 40005, 'Request entity too large')
export const tooManyWebhooks = () => new Refusal(400, 30007, 'Maximum number of webhooks reached (15)')
export const tooManyChannels = () => new Refusal(400, 30013, 'Maximum number of guild channels reached (500)')
export const invalidJson = () => new Refusal(400, 50109, 'The request body contains invalid JSON.')
export const forumNeedsThread = () =>
  new Refusal(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id')

/** What is wrong with each field, `embeds.0.title` → messages, as code 50035 tells it. */
export class Form {
  #errors: Record<string, unknown> = {}
  #wrong = false

  wrong(path: string, code: string, message: string): void {
    this.#wrong = true
    let at = this.#errors
    for (const step of path.split('.')) {
      at[step] ??= {}
      at = at[step] as Record<string, unknown>
    }
    at._errors = [...((at._errors as unknown[]) ?? []), { code, message }]
  }

  /** A text of so many characters once its ends are trimmed, as Discord counts it. Undefined where it is absent. */
  text(path: string, value: unknown, { min = 0, max }: { min?: number; max: number }): string | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') {
      this.wrong(path, 'BASE_TYPE_STRING', 'Could not interpret value as string.')
      return undefined
    }
    const kept = stored(value)
    const { length } = [...kept]
    if (length > max) {
      const code = min > 0 ? 'BASE_TYPE_BAD_LENGTH' : 'BASE_TYPE_MAX_LENGTH'
      const rule = min > 0 ? `between ${min} and ${max}` : `${max} or fewer`
      this.wrong(path, code, `Must be ${rule} in length.`)
    } else if (length < min) {
      this.wrong(path, 'BASE_TYPE_REQUIRED', 'This field is required')
    }
    return kept
  }

  check(): void {
    if (this.#wrong) throw new Refusal(400, 50035, 'Invalid Form Body', { errors: this.#errors })
  }
}

/** What Discord keeps of a text: white space at its ends goes, and so does what nobody can see. */
function stored(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is stripped
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u200b]/g, '').trim()
}
