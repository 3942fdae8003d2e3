import { isIP } from 'node:net'
import { z } from 'zod'
import { Secret } from '../secret.ts'

/** What a value may be: its schema, which also reads the text of an environment variable, and how to say it. */
export interface Kind<V = unknown> {
  readonly schema: z.ZodType<V>
  /** Completes "expected …". */
  readonly expects: string
  readonly secret: boolean
  /** Whether it is a path, to be resolved against the project root. */
  readonly path: boolean
}

function kind<V>(expects: string, schema: z.ZodType<V>, path = false): Kind<V> {
  return { schema, expects, secret: false, path }
}

/** A kind of its own, for what the ones below do not cover. */
export const custom = kind

export const text = (expects: string) => kind(expects, z.string().min(1))
export const path = () => kind('a path', z.string().min(1), true)

/** A whole number of a range, both ends included. */
export function integer(min: number, max: number): Kind<number> {
  return kind(`a whole number from ${min} to ${max}`, z.preprocess(fromDigits, z.int().min(min).max(max)))
}

/** An amount of US dollars, 0 or more. */
export const usd = () => kind('an amount in US dollars', z.preprocess(fromDigits, z.number().min(0)))

/** Yes or no, in the words people use in environment variables. */
export function flag(): Kind<boolean> {
  return kind('`true` or `false` (also 1/0, yes/no, on/off)', z.preprocess(fromWord, z.boolean()))
}

export function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return kind(`one of ${values.map((value) => `\`${value}\``).join(', ')}`, z.enum(values))
}

/** A list, written in `helix.config.ts` only. */
export function list<V>(expects: string, item: z.ZodType<V>): Kind<V[]> {
  return kind(expects, z.array(item))
}

/** A URL of the given protocols, kept as it was written but for trailing slashes. */
export function url(...protocols: readonly string[]): Kind<string> {
  return kind(urlExpects(protocols), urlText(protocols).transform(withoutTrailingSlash))
}

export const secret = (expects: string) => asSecret(expects, z.string().min(1))

/** A URL that may hold a password. */
export const secretUrl = (...protocols: readonly string[]) =>
  asSecret(urlExpects(protocols), urlText(protocols))

export const hostName = () =>
  kind('a host name without `https://` or path', z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i))

/** An address or a network: `10.0.0.0/8`, `::1`. */
export const network = z.string().refine((text) => {
  const [address = '', bits, ...rest] = text.split('/')
  const width = isIP(address) === 6 ? 128 : 32
  return (
    isIP(address) > 0 && rest.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && +bits <= width))
  )
})

/** What a browser sends as `Origin`: scheme, host and port. */
export const origin = z.string().refine((text) => /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(text))

function asSecret(expects: string, schema: z.ZodType<string>): Kind<Secret> {
  return { schema: schema.transform((value) => new Secret(value)), expects, secret: true, path: false }
}

function urlText(protocols: readonly string[]): z.ZodType<string> {
  return z.string().refine((text) => {
    const url = URL.parse(text)
    return url !== null && protocols.includes(url.protocol.slice(0, -1)) && url.host !== ''
  })
}

function urlExpects(protocols: readonly string[]): string {
  return `a URL starting with ${protocols.map((protocol) => `\`${protocol}://\``).join(' or ')}`
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

function fromDigits(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

function fromWord(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const word = value.toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(word)) return true
  return ['false', '0', 'no', 'off'].includes(word) ? false : value
}
