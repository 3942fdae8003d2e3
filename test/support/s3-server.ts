import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A bucket as S3 keeps one, in memory, that believes nothing: signatures, hashes, part sizes and orders are checked. */
export interface S3Server {
  endpoint: string
  files: Map<string, Buffer>
  /** Names of files that a rule of the bucket has moved to where they are listed and not read (`GLACIER`). */
  archived: Set<string>
  /** Uploads in parts that were neither completed nor given up, by their ids. */
  uploads: Map<string, OpenUpload>
  open(): number
  /** What it answers when it is asked for those, where it does not tell of them. */
  tellsNoUploads(status: number, code: string): void
  /** Cuts the connection in the middle of the next requests of this method, so many times. */
  cut(method: string, times: number): void
  close(): Promise<void>
}

interface OpenUpload {
  key: string
  begun: Date
  parts: Map<number, Buffer>
}

export const S3_KEY = {
  accessKeyId: 'AKIATEST',
  secretAccessKey: 'a-secret-of-the-test',
  region: 'eu-test-1',
}
const LEAST_PART = 5 * 1024 * 1024

export async function startS3Server(bucket: string): Promise<S3Server> {
  const files = new Map<string, Buffer>()
  const archived = new Set<string>()
  const uploads = new Map<string, OpenUpload>()
  let untold: ReturnType<typeof failure> | undefined
  const cuts = new Map<string, number>()

  function answer(
    request: IncomingMessage,
    body: Buffer,
  ): { status: number; body?: string | Buffer; etag?: string } {
    const url = new URL(request.url ?? '/', 'http://s3')
    const wrong = signatureProblem(request, url, body)
    if (wrong) return failure(403, wrong)
    const [, named, ...rest] = url.pathname.split('/').map(decodeURIComponent)
    if (named !== bucket) return failure(404, 'NoSuchBucket')
    const key = rest.join('/')
    const upload = url.searchParams.get('uploadId')
    if (request.method === 'GET' && key === '' && url.searchParams.has('uploads'))
      return untold ?? { status: 200, body: listingOfUploads(url.searchParams, uploads) }
    if (request.method === 'GET' && key === '') return { status: 200, body: listing(url.searchParams) }
    if (request.method === 'GET') {
      const found = files.get(key)
      if (found && archived.has(key)) return failure(403, 'InvalidObjectState')
      return found ? { status: 200, body: found } : failure(404, 'NoSuchKey')
    }
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      const id = randomBytes(8).toString('base64')
      uploads.set(id, { key, begun: new Date(), parts: new Map() })
      return {
        status: 200,
        body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      }
    }
    if (upload !== null) return inParts(request, url, upload, key, body)
    if (request.method === 'PUT') {
      files.set(key, body)
      return { status: 200, etag: etagOf(body) }
    }
    if (request.method === 'DELETE') {
      files.delete(key)
      return { status: 204 }
    }
    return failure(405, 'MethodNotAllowed')
  }

  function inParts(request: IncomingMessage, url: URL, id: string, key: string, body: Buffer) {
    const upload = uploads.get(id)
    if (upload?.key !== key) return failure(404, 'NoSuchUpload')
    const { parts } = upload
    if (request.method === 'PUT') {
      parts.set(Number(url.searchParams.get('partNumber')), body)
      return { status: 200, etag: etagOf(body) }
    }
    if (request.method === 'DELETE') {
      uploads.delete(id)
      return { status: 204 }
    }
    const named = [
      ...body.toString().matchAll(/<Part><PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag><\/Part>/g),
    ]
    const ordered = named.map(([, number, etag]) => ({ part: parts.get(Number(number)), etag }))
    if (ordered.some(({ part, etag }) => !part || etagOf(part) !== etag)) return failure(400, 'InvalidPart')
    if (ordered.slice(0, -1).some(({ part }) => (part?.length ?? 0) < LEAST_PART))
      return failure(400, 'EntityTooSmall')
    files.set(key, Buffer.concat(ordered.map(({ part }) => part ?? Buffer.alloc(0))))
    uploads.delete(id)
    return { status: 200, body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' }
  }

  /** Three to a page, so that whoever lists has to turn pages. */
  function listing(query: URLSearchParams): string {
    const after = query.get('continuation-token') ?? ''
    const keys = [...files.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .toSorted()
    const page = keys.slice(0, 3)
    const more = keys.length > 3 ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    const entries = page.map(
      (key) => `<Contents><Key>${key}</Key><Size>${files.get(key)?.length}</Size></Contents>`,
    )
    return `<ListBucketResult>${entries.join('')}${more}</ListBucketResult>`
  }

  const server = createServer((request, response) => {
    const left = cuts.get(request.method ?? '') ?? 0
    if (left > 0) {
      cuts.set(request.method ?? '', left - 1)
      request.once('data', () => request.socket.destroy())
      request.once('end', () => request.socket.destroy())
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const { status, body = '', etag } = answer(request, Buffer.concat(chunks))
      response.writeHead(status, etag ? { etag } : {}).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    archived,
    uploads,
    open: () => uploads.size,
    tellsNoUploads: (status, code) => {
      untold = failure(status, code)
    },
    cut: (method, times) => void cuts.set(method, times),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Two to a page, by key and then by id; an id alone says nothing of where to go on. */
function listingOfUploads(query: URLSearchParams, uploads: ReadonlyMap<string, OpenUpload>): string {
  const given = (name: string) => query.get(name) ?? ''
  const [prefix, key, id] = [given('prefix'), given('key-marker'), given('upload-id-marker')]
  const isAfter = (upload: { key: string; id: string }) =>
    upload.key > key || (key !== '' && id !== '' && upload.key === key && upload.id > id)
  const all = [...uploads]
    .map(([each, upload]) => ({ ...upload, id: each }))
    .filter((upload) => upload.key.startsWith(prefix) && isAfter(upload))
    .toSorted((a, b) => (a.key === b.key ? Number(a.id > b.id) - 0.5 : Number(a.key > b.key) - 0.5))
  const page = all.slice(0, 2)
  const last = page.at(-1)
  const entries = page.map(
    (upload) =>
      `<Upload><Key>${upload.key}</Key><UploadId>${upload.id}</UploadId><Initiator><ID>me</ID></Initiator>` +
      `<StorageClass>STANDARD</StorageClass><Initiated>${upload.begun.toISOString()}</Initiated></Upload>`,
  )
  const next =
    all.length > page.length
      ? `<NextKeyMarker>${last?.key}</NextKeyMarker><NextUploadIdMarker>${last?.id}</NextUploadIdMarker>`
      : ''
  return `<ListMultipartUploadsResult><UploadIdMarker></UploadIdMarker>${next}<IsTruncated>${next !== ''}</IsTruncated>${entries.join('')}</ListMultipartUploadsResult>`
}

const failure = (status: number, code: string) => ({ status, body: `<Error><Code>${code}</Code></Error>` })
const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`

/** Checks an AWS signature, version 4, as the documentation describes it. */
function signatureProblem(request: IncomingMessage, url: URL, body: Buffer): string | undefined {
  const told = request.headers['x-amz-content-sha256']
  if (told !== createHash('sha256').update(body).digest('hex')) return 'XAmzContentSHA256Mismatch'
  const [, scope = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? []
  const [key, date = '', region = '', service = ''] = scope.split('/')
  if (key !== S3_KEY.accessKeyId || region !== S3_KEY.region || service !== 's3') return 'InvalidAccessKeyId'
  for (const needed of ['host', 'x-amz-content-sha256', 'x-amz-date'])
    if (!signedHeaders.split(';').includes(needed)) return 'AccessDenied'
  const strict = (text: string) =>
    encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  const query = [...url.searchParams]
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .toSorted()
    .join('&')
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
    .join('')
  const canonical = [request.method, url.pathname, query, headers, signedHeaders, told].join('\n')
  const stamp = String(request.headers['x-amz-date'])
  const hashed = createHash('sha256').update(canonical).digest('hex')
  const text = `AWS4-HMAC-SHA256\n${stamp}\n${date}/${region}/${service}/aws4_request\n${hashed}`
  let secret = Buffer.from(`AWS4${S3_KEY.secretAccessKey}`)
  for (const step of [date, region, service, 'aws4_request'])
    secret = createHmac('sha256', secret).update(step).digest()
  const expected = createHmac('sha256', secret).update(text).digest()
  return timingSafeEqual(expected, Buffer.from(signature.padEnd(64, '0'), 'hex'))
    ? undefined
    : 'SignatureDoesNotMatch'
}
