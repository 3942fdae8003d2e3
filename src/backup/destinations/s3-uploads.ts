import type { Unfinished, Upload } from './destination.ts'
import { type Bucket, codeIn, failed, textOf } from './s3-bucket.ts'

/** A part of a large file, as it is sent; all but the last of one must be at least 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024

/**
 * Puts a file: in parts, each with the hash of its bytes, where it is larger than one; then it appears once all are
 * there, and one that is given up is given up there too.
 */
export async function putFile(bucket: Bucket, file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const parts = inParts(bytes)
  const first = (await nextOf(parts)) ?? Buffer.alloc(0)
  if (first.length < PART_BYTES) await bucket.must('PUT', bucket.addressOf(file), first)
  else await putParts(bucket, file, parts, first)
}

async function putParts(
  bucket: Bucket,
  file: string,
  parts: AsyncIterator<Buffer>,
  first: Buffer,
): Promise<void> {
  const started = await (await bucket.must('POST', `${bucket.addressOf(file)}?uploads=`)).text()
  const upload = { name: file, id: textOf(started, 'UploadId') ?? '' }
  const url = addressOf(bucket, upload)
  try {
    const sent: string[] = []
    for (let part: Buffer | undefined = first; part; part = await nextOf(parts)) {
      const number = sent.length + 1
      const response = await bucket.must('PUT', `${url}&partNumber=${number}`, part)
      sent.push(
        `<Part><PartNumber>${number}</PartNumber><ETag>${response.headers.get('etag') ?? ''}</ETag></Part>`,
      )
    }
    const all = Buffer.from(`<CompleteMultipartUpload>${sent.join('')}</CompleteMultipartUpload>`)
    const said = await (await bucket.must('POST', url, all)).text()
    // This one answer may say 200 and still be of a failure.
    if (said.includes('<Error>')) throw failed(bucket.name, textOf(said, 'Code') ?? 'an error')
  } catch (thrown) {
    await giveUp(bucket, upload).catch(() => {})
    throw thrown
  }
}

/** Removes the parts that came of an upload; one that is gone by now is none to give up. */
export async function giveUp(bucket: Bucket, upload: Pick<Upload, 'name' | 'id'>): Promise<void> {
  await bucket.ask('DELETE', addressOf(bucket, upload))
}

/** The uploads in parts that were begun; not every maker's bucket tells of them, and not every key may ask. */
export async function listUploads(bucket: Bucket): Promise<Unfinished> {
  const { root, prefix } = bucket
  const found: Upload[] = []
  for (let after: Record<string, string> | undefined = {}; after; ) {
    const response = await bucket.send(
      'GET',
      `${root}?${new URLSearchParams({ uploads: '', prefix, ...after })}`,
    )
    if (!response.ok) return { found, refused: await codeIn(response) }
    const page = await response.text()
    for (const [, entry = ''] of page.matchAll(/<Upload>(.*?)<\/Upload>/gs)) {
      const name = (textOf(entry, 'Key') ?? '').slice(prefix.length)
      found.push({ name, id: textOf(entry, 'UploadId') ?? '', begun: textOf(entry, 'Initiated') ?? '' })
    }
    after = nextPage(page)
  }
  return { found, refused: undefined }
}

function nextPage(page: string): Record<string, string> | undefined {
  const key = textOf(page, 'NextKeyMarker')
  const id = textOf(page, 'NextUploadIdMarker')
  if (textOf(page, 'IsTruncated') !== 'true' || !key) return undefined
  return { 'key-marker': key, ...(id && { 'upload-id-marker': id }) }
}

const addressOf = (bucket: Bucket, { name, id }: Pick<Upload, 'name' | 'id'>) =>
  `${bucket.addressOf(name)}?uploadId=${encodeURIComponent(id)}`

async function nextOf(parts: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const { done, value } = await parts.next()
  return done ? undefined : value
}

/** The same bytes in parts of one size, the last one shorter. */
async function* inParts(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    held.push(chunk)
    size += chunk.length
    if (size < PART_BYTES) continue
    const all = Buffer.concat(held)
    for (; size >= PART_BYTES; size -= PART_BYTES) {
      const at = all.length - size
      yield all.subarray(at, at + PART_BYTES)
    }
    held = [all.subarray(all.length - size)]
  }
  if (size > 0) yield Buffer.concat(held)
}
