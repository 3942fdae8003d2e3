import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
}

export interface Answered {
  status: number
  headers?: Record<string, string>
  json?: unknown
  body?: Buffer
}

/** A refusal of a strict server, in the words of the host it stands for. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly more: Record<string, unknown>

  constructor(status: number, code: string, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.more = more
  }
}

export interface Listening {
  port: number
  close(): Promise<void>
}

/** Answers on a port of this machine until it is closed. */
export async function listen(answer: (asked: Asked) => Answered | Promise<Answered>): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host')
    const { status, headers, json, body } = await answer({
      method: request.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks),
    })
    const type = json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }
    response.writeHead(status, { ...type, ...headers })
    response.end(json === undefined ? body : JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export function jsonIn({ headers, body }: Asked): Record<string, unknown> {
  if (!/^application\/json/.test(headers['content-type'] ?? ''))
    throw new Refusal(400, 'bad_request', 'The body must be JSON')
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>
  } catch {
    throw new Refusal(400, 'bad_request', 'The body is no JSON')
  }
}
