/** What names a webhook to Discord. Whoever has the token can post, edit and delete: show `id` alone. */
export interface WebhookAddress {
  id: string
  token: string
  /** Where the API it belongs to is: Discord's, or one on this machine. */
  api: string
  /** The thread it posts to, where the address names one. */
  thread?: string
}

export const DISCORD_API = 'https://discord.com/api/v10'

const HOSTS = /^(?:(?:canary|ptb|www)\.)?discord(?:app)?\.com$/
const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
const PATH = /^(.*)\/webhooks\/(\d{1,22})\/([\w-]{1,200})\/?$/
const API_PATH = /^\/api(?:\/v\d{1,2})?$/

/**
 * Reads an address as Discord gives it out, under any host it answers at, or one on this machine; undefined when it
 * is something else. With `api` given, that stands in for Discord's.
 */
export function parseWebhook(text: string, api: string = DISCORD_API): WebhookAddress | undefined {
  const url = URL.parse(text.trim())
  if (url?.username !== '') return undefined
  const [, prefix = '', id, token] = PATH.exec(url.pathname) ?? []
  if (id === undefined || token === undefined) return undefined
  const thread = url.searchParams.get('thread_id')
  const named = { id, token, ...(thread && /^\d{1,22}$/.test(thread) && { thread }) }
  if (THIS_MACHINE.test(url.hostname)) return { ...named, api: `${url.origin}${prefix}` }
  const isDiscord = url.protocol === 'https:' && HOSTS.test(url.hostname) && url.port === ''
  return isDiscord && API_PATH.test(prefix) ? { ...named, api } : undefined
}
