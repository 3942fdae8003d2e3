import type { UploadedFile } from './message-rules.ts'
import { invalidJson, Refusal } from './refusal.ts'

/** What a request says, as JSON alone or as `payload_json` beside `files[n]`. */
export async function readPayload(
  request: Request,
): Promise<{ payload: Record<string, unknown>; files: UploadedFile[] }> {
  const type = request.headers.get('content-type') ?? ''
  if (type.startsWith('application/json')) return { payload: parse(await request.text()), files: [] }
  if (!type.startsWith('multipart/form-data'))
    throw new Refusal(400, 50035, `Expected "Content-Type" header to be one of {'application/json'}.`)
  const form = await request.formData()
  const files: UploadedFile[] = []
  for (const [key, value] of form) {
    const index = /^files\[(\d+)\]$/.exec(key)?.[1]
    if (index === undefined || typeof value === 'string') continue
    const bytes = Buffer.from(await value.arrayBuffer())
    files.push({ index: Number(index), name: value.name, type: value.type, bytes })
  }
  const json = form.get('payload_json')
  return { payload: parse(typeof json === 'string' ? json : '{}'), files }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  throw invalidJson()
}
