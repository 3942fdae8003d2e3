import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How one request is answered. */
export type Turn = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** What was asked of a scripted gateway. */
export interface Asked {
  path: string
  lastEventId: string | undefined
  authorization: string | undefined
  body: string
}

/** A real HTTP server that behaves, or misbehaves, exactly as scripted. */
export interface ScriptedGateway {
  url: string
  asked: Asked[]
  close(): Promise<void>
}

/** Serves on a free port; `answer` decides each request, `n` counting from 0. */
export async function scriptedGateway(
  answer: (asked: Asked, n: number) => Turn | undefined,
): Promise<ScriptedGateway> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { authorization } = request.headers
      const lastEventId = request.headers['last-event-id'] as string | undefined
      const one = { path: `${request.method} ${request.url}`, lastEventId, authorization, body }
      const turn = answer(one, asked.push(one) - 1)
      if (turn) turn(request, response, body)
      else response.writeHead(500).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A turn that answers JSON. */
export function json(body: unknown, status = 200): Turn {
  return (_request, response) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))
  }
}

/** One server-sent event. */
export function sse(event: string, id: number | undefined, data: unknown): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** Begins a response of server-sent events. */
export function begin(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' })
}
