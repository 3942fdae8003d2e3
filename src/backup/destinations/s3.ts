import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { HelixError } from '../../errors.ts'
import { type Destination, fileNotFound, fileUnreadable, type StoredFile } from './destination.ts'

export interface S3Place {
  /** `https://s3.eu-central-1.amazonaws.com`, `https://<project>.supabase.co/storage/v1/s3`. */
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  bucket: string
  /** Folder within the bucket; empty for none. */
  prefix: string
}

/** A part of a large file, as it is sent; all but the last of one must be at least 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024
const RETRIES = 4
/** What a bucket refuses whoever asks with this key, whatever is asked; other refusals may be of one file. */
const OF_THE_KEY =
  /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|(?:Expired|Invalid)Token|RequestTimeTooSkewed)$/

/**
 * A bucket of any maker that speaks S3, addressed by path. What is larger than one part is sent in parts, each with the
 * hash of its bytes, and appears once all are there; one that is given up is given up there too.
 */
export function s3Destination(place: S3Place): Destination {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = place
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  const prefix = place.prefix === '' ? '' : `${place.prefix.replace(/^\/+|\/+$/g, '')}/`
  const name = `s3://${bucket}/${prefix}`.replace(/\/$/, '')
  const root = `${endpoint}/${encodeURIComponent(bucket)}`
  const addressOf = (file: string) =>
    `${root}/${[...prefix.split('/'), file].filter(Boolean).map(encodeURIComponent).join('/')}`

  async function ask(method: string, url: string, body: Uint8Array = new Uint8Array()): Promise<Response> {
    const headers = { 'X-Amz-Content-Sha256': hash('sha256', body, 'hex') }
    const given = method === 'GET' || method === 'DELETE' ? {} : { body: Buffer.from(body) }
    const response = await patiently(() => client.fetch(url, { method, headers, ...given })).catch(
      (cause) => {
        throw unreachable(name, cause)
      },
    )
    if (response.ok || response.status === 404) return response
    throw await refused(name, response)
  }

  async function must(method: string, url: string, body?: Uint8Array): Promise<Response> {
    const response = await ask(method, url, body)
    if (response.ok) return response
    throw await refused(name, response)
  }

  async function putParts(file: string, parts: AsyncIterator<Buffer>, first: Buffer): Promise<void> {
    const url = addressOf(file)
    const started = await (await must('POST', `${url}?uploads=`)).text()
    const upload = encodeURIComponent(textOf(started, 'UploadId') ?? '')
    try {
      const sent: string[] = []
      for (let part: Buffer | undefined = first; part; part = await nextOf(parts)) {
        const number = sent.length + 1
        const response = await must('PUT', `${url}?partNumber=${number}&uploadId=${upload}`, part)
        sent.push(
          `<Part><PartNumber>${number}</PartNumber><ETag>${response.headers.get('etag') ?? ''}</ETag></Part>`,
        )
      }
      const all = Buffer.from(`<CompleteMultipartUpload>${sent.join('')}</CompleteMultipartUpload>`)
      const done = await must('POST', `${url}?uploadId=${upload}`, all)
      // This one answer may say 200 and still be of a failure.
      const said = await done.text()
      if (said.includes('<Error>')) throw failed(name, textOf(said, 'Code') ?? 'an error')
    } catch (thrown) {
      await ask('DELETE', `${url}?uploadId=${upload}`).catch(() => {})
      throw thrown
    }
  }

  return {
    name,
    remote: true,
    async list() {
      const files: StoredFile[] = []
      for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
        const query = new URLSearchParams({ 'list-type': '2', prefix })
        if (token !== undefined) query.set('continuation-token', token)
        const page = await (await must('GET', `${root}?${query}`)).text()
        for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const file = (textOf(entry, 'Key') ?? '').slice(prefix.length)
          if (file !== '' && !file.includes('/'))
            files.push({ name: file, bytes: Number(textOf(entry, 'Size')) })
        }
        token = textOf(page, 'NextContinuationToken')
      }
      return files
    },
    async put(file, bytes) {
      const parts = inParts(bytes)
      const first = (await nextOf(parts)) ?? Buffer.alloc(0)
      if (first.length < PART_BYTES) await must('PUT', addressOf(file), first)
      else await putParts(file, parts, first)
    },
    async *get(file) {
      const response = await ask('GET', addressOf(file)).catch((thrown) => {
        throw asOfOneFile(thrown, name, file)
      })
      if (response.status === 404) throw fileNotFound(name, file)
      try {
        if (response.body) yield* response.body as unknown as AsyncIterable<Uint8Array>
      } catch (cause) {
        throw unreachable(name, cause)
      }
    },
    async remove(file) {
      await ask('DELETE', addressOf(file))
    },
    async close() {},
  }
}

/** Tries again what no answer came to; answers that ask for patience the client itself repeats. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (thrown) {
      if (tries === RETRIES) throw thrown
      await sleep(100 * 2 ** tries)
    }
  }
}

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

/** The text of an element of S3's answers, which are flat and of a few known names. */
function textOf(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&')
}

async function refused(place: string, response: Response): Promise<HelixError> {
  const text = await response.text().catch(() => '')
  const code = textOf(text, 'Code') ?? `status ${response.status}`
  return failed(place, code.slice(0, 100), response.status)
}

/** A file may be archived (`InvalidObjectState`), or of somebody else, where all the others can be read. */
function asOfOneFile(thrown: unknown, place: string, file: string): unknown {
  const { code, status } = (thrown instanceof HelixError && thrown.details) || {}
  if (status !== 403 || OF_THE_KEY.test(String(code))) return thrown
  return fileUnreadable(place, {
    ...{ file, why: `the bucket refused it: ${code}`, cause: thrown },
    hint: 'Bring it back where the bucket has archived it (InvalidObjectState), and see whether the key may read it.',
  })
}

function failed(place: string, code: string, status?: number): HelixError {
  return new HelixError('backup_failed', `${place} refused what was asked: ${code}`, {
    hint: 'Check S3_ENDPOINT, S3_REGION, the bucket, and what its key may do: read, write, list, delete.',
    details: { place, code, ...(status && { status }) },
  })
}

function unreachable(place: string, cause: unknown): HelixError {
  return new HelixError('backup_failed', `${place} cannot be reached`, {
    hint: 'Check S3_ENDPOINT and the network, and try again; nothing of it counts as a backup.',
    details: { place },
    cause,
  })
}
