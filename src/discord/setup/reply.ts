const LONGEST_BODY = 8 * 1_024 * 1_024

/** What came back. */
export interface Reply {
  status: number
  headers: Headers
  /** Undefined where it is no JSON. */
  body: unknown
}

/** Reads an answer whole; what is longer than any of Discord's counts as none. */
export async function readReply(response: Response): Promise<Reply> {
  return { status: response.status, headers: response.headers, body: await readBody(response) }
}

async function readBody({ body }: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > LONGEST_BODY) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}
