import { randomBytes } from 'node:crypto'

export interface PostFile {
  name: string
  type: string
  bytes: Buffer
}

/** A message with files as Discord takes it: `payload_json` and `files[n]`. */
export function multipart(payload: Record<string, unknown>, files: readonly PostFile[]) {
  const boundary = `helix-${randomBytes(16).toString('hex')}`
  const attachments = files.map(({ name }, id) => ({ id, filename: name }))
  const json = JSON.stringify({ ...payload, attachments })
  const parts: Buffer[] = []
  const part = (head: string, bytes: Buffer) =>
    parts.push(
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      bytes,
      END_OF_LINE,
    )
  part('name="payload_json"\r\nContent-Type: application/json', Buffer.from(json))
  for (const [n, { name, type, bytes }] of files.entries())
    part(`name="files[${n}]"; filename="${name}"\r\nContent-Type: ${type}`, bytes)
  parts.push(Buffer.from(`--${boundary}--\r\n`))
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(parts) }
}

const END_OF_LINE = Buffer.from('\r\n')
