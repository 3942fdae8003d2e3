import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { HelixError } from '../errors.ts'
import { damaged } from './manifest.ts'

const LEVEL = 3

/** Compresses with zstd and encrypts with age to whoever of the recipients; streaming, in constant memory. */
export async function* seal(
  plain: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
): AsyncGenerator<Uint8Array> {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  const feeding = pipeline(Readable.from(plain, { objectMode: false }), compressor)
  feeding.catch(() => {})
  yield* (await encrypter.encrypt(toWeb(compressor))) as unknown as AsyncIterable<Uint8Array>
  await feeding
}

/**
 * Decrypts with whichever of the identities fits, and decompresses.
 * @throws HelixError `backup_damaged`, or `precondition_failed` where no identity fits
 */
export async function* unseal(
  sealed: AsyncIterable<Uint8Array>,
  identities: readonly string[],
  name: string,
): AsyncGenerator<Uint8Array> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  // What kept the archive from being read says nothing of what is in it, however age and zstd pass it on.
  let unread: unknown
  const watched = (async function* () {
    try {
      yield* sealed
    } catch (thrown) {
      unread = thrown
      throw thrown
    }
  })()
  const decrypted = await decrypter
    .decrypt(toWeb(Readable.from(watched, { objectMode: false })))
    .catch((cause) => {
      throw unread ?? asDamage(cause, name)
    })
  const expander = createZstdDecompress()
  const feeding = pipeline(Readable.fromWeb(decrypted as unknown as WebStream), expander)
  feeding.catch(() => {})
  try {
    for await (const chunk of expander) yield chunk
    await feeding
  } catch (cause) {
    throw unread ?? asDamage(cause, name)
  } finally {
    expander.destroy()
  }
}

/** The same stream, as age takes it. */
function toWeb(stream: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>
}

function asDamage(cause: unknown, name: string): unknown {
  if (cause instanceof HelixError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  if (/no identity matched/i.test(why)) {
    return new HelixError('precondition_failed', `None of the keys at hand opens ${name}`, {
      hint: 'Give the private key of one of its recipients: --identity <file>.',
      cause,
    })
  }
  return damaged(name, `it cannot be opened (${why})`)
}
