import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { PageHeaders } from '../../src/web/headers.ts'
import type { GatewayEnv } from '../env.ts'
import { knows } from '../fixed.ts'
import type { BuiltFile } from './built.ts'
import { chooseEncoding, ENCODINGS } from './encoding.ts'

/** Answers files of the page in the form the caller takes, with a validator, and 304 to whoever has it. */
export function fileAnswers(headers: PageHeaders) {
  const tags = new WeakMap<Buffer, string>()

  function tagOf(content: Buffer): string {
    const tag =
      tags.get(content) ?? `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`
    tags.set(content, tag)
    return tag
  }

  return async function answer(c: Context<GatewayEnv>, file: BuiltFile, status: 200 | 404 = 200) {
    const encoding = chooseEncoding(c.req.header('accept-encoding'), (one) => file.encoded[one] !== undefined)
    const content = await (encoding && file.encoded[encoding] ? file.encoded[encoding]() : file.plain())
    const etag = tagOf(content)
    for (const [name, value] of Object.entries(file.asset ? headers.asset : headers.document))
      c.header(name, value)
    c.header('ETag', etag)
    if (ENCODINGS.some((one) => file.encoded[one])) c.header('Vary', 'Accept-Encoding')
    if (status === 200 && knows(c.req.header('if-none-match'), etag)) return c.body(null, 304)
    c.header('Content-Type', file.type)
    c.header('Content-Length', String(content.length))
    if (encoding) c.header('Content-Encoding', encoding)
    return c.body(new Uint8Array(content), status)
  }
}
