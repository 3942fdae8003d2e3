import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { HelixError } from '../../errors.ts'

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

/** A bucket of any maker that speaks S3, addressed by path. */
export interface Bucket {
  /** As a person knows it: `s3://bucket/folder`. */
  name: string
  /** Address of the bucket itself. */
  root: string
  /** What every key of Helix begins with there. */
  prefix: string
  addressOf(file: string): string
  /** Whatever it answers. @throws HelixError `backup_failed` where nothing does */
  send(method: string, url: string, body?: Uint8Array): Promise<Response>
  /** What it has or does not have. @throws HelixError `backup_failed` where it refuses */
  ask(method: string, url: string, body?: Uint8Array): Promise<Response>
  /** What it has. @throws HelixError `backup_failed` where it refuses or has nothing of that kind */
  must(method: string, url: string, body?: Uint8Array): Promise<Response>
}

const RETRIES = 4

export function openBucket(place: S3Place): Bucket {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket } = place
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES })
  const prefix = place.prefix === '' ? '' : `${place.prefix.replace(/^\/+|\/+$/g, '')}/`
  const name = `s3://${bucket}/${prefix}`.replace(/\/$/, '')
  const root = `${endpoint}/${encodeURIComponent(bucket)}`

  const send: Bucket['send'] = (method, url, body = new Uint8Array()) => {
    const headers = { 'X-Amz-Content-Sha256': hash('sha256', body, 'hex') }
    const given = method === 'GET' || method === 'DELETE' ? {} : { body: Buffer.from(body) }
    return patiently(() => client.fetch(url, { method, headers, ...given })).catch((cause) => {
      throw unreachable(name, cause)
    })
  }

  const ask: Bucket['ask'] = async (...asked) => {
    const response = await send(...asked)
    if (response.ok || response.status === 404) return response
    throw await refused(name, response)
  }

  return {
    name,
    root,
    prefix,
    addressOf: (file) =>
      `${root}/${[...prefix.split('/'), file].filter(Boolean).map(encodeURIComponent).join('/')}`,
    send,
    ask,
    async must(...asked) {
      const response = await ask(...asked)
      if (response.ok) return response
      throw await refused(name, response)
    },
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

/** The text of an element of S3's answers, which are flat and of a few known names. */
export function textOf(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&amp;', '&')
}

/** Why a bucket refused, in its own word. */
export async function codeIn(response: Response): Promise<string> {
  const text = await response.text().catch(() => '')
  return (textOf(text, 'Code') ?? `status ${response.status}`).slice(0, 100)
}

async function refused(place: string, response: Response): Promise<HelixError> {
  return failed(place, await codeIn(response), response.status)
}

export function failed(place: string, code: string, status?: number): HelixError {
  return new HelixError('backup_failed', `${place} refused what was asked: ${code}`, {
    hint: 'Check S3_ENDPOINT, S3_REGION, the bucket, and what its key may do: read, write, list, delete.',
    details: { place, code, ...(status && { status }) },
  })
}

export function unreachable(place: string, cause: unknown): HelixError {
  return new HelixError('backup_failed', `${place} cannot be reached`, {
    hint: 'Check S3_ENDPOINT and the network, and try again; nothing of it counts as a backup.',
    details: { place },
    cause,
  })
}
