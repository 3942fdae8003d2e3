/** An upstream that speaks Claude's events, one token every so many milliseconds, each saying when it was sent. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { now, PACE_MS, TOKENS } from './paced.ts'

const USAGE = { input_tokens: 20, output_tokens: TOKENS }
const HEAD =
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content: [],
      usage: USAGE,
    },
  }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
const TAIL =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: USAGE }) +
  event('message_stop', {})

function event(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
}

function token(): string {
  return event('content_block_delta', {
    index: 0,
    delta: { type: 'text_delta', text: `@${now().toFixed(3)} ` },
  })
}

function play(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(HEAD)
  let sent = 0
  const timer = setInterval(() => {
    response.write(token())
    sent += 1
    if (sent < TOKENS) return
    clearInterval(timer)
    response.end(TAIL)
  }, PACE_MS)
  response.once('close', () => clearInterval(timer))
}

const server = createServer((request, response) => {
  request.resume().once('end', () => play(response))
})
await once(server.listen(0, '127.0.0.1', 4_096), 'listening')
process.stdout.write(
  `${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`,
)
process.once('SIGTERM', () => process.exit(0))
