import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { parseWebhook } from './address.ts'
import { createBreaker } from './breaker.ts'
import { createPacer } from './pacer.ts'
import { createSender, type Post } from './sender.ts'

const { signal } = new AbortController()
const post = async (): Promise<Post> => ({ embeds: [{ title: 'x' }], files: [] })

/** A sender, and a server that answers posts as told; what a webhook is asked first is answered as by Discord. */
async function talk(answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume()
    if (request.method === 'GET') response.end(JSON.stringify({ channel_id: '5' }))
    else answer(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const address = parseWebhook(`http://127.0.0.1:${port}/api/webhooks/1/token-of-it`)
  if (!address) throw new Error('no address')
  const sender = createSender({ pace: { burst: 10, refillMs: 1 }, answerMs: 300 })
  onTestFinished(async () => {
    await sender.close()
    server.closeAllConnections()
    server.close()
  })
  return () => sender.post(address, post, signal)
}

function say(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
}

test('waits as long as an answer says before the next request', async () => {
  let refused = false
  const send = await talk((response) => {
    if (refused) return say(response, 200, { id: '7' })
    refused = true
    say(
      response,
      429,
      { retry_after: 0.4, global: false },
      { 'x-ratelimit-scope': 'user', 'retry-after': '1' },
    )
  })
  await expect(send()).rejects.toMatchObject({ kind: 'later', status: 429 })
  const started = performance.now()
  expect(await send()).toEqual({ messageId: '7', channelId: '5' })
  expect(performance.now() - started).toBeGreaterThan(350)
})

test.each([
  [404, { code: 10015 }, 'dead'],
  [401, { code: 50027 }, 'dead'],
  [403, { code: 50013 }, 'dead'],
  [403, '<html>error code: 1015</html>', 'later'],
  [400, { code: 50035 }, 'refused'],
  [413, { code: 40005 }, 'refused'],
  [500, '<html></html>', 'lost'],
  [200, '<html>a proxy</html>', 'lost'],
])('%i %o means: %s', async (status, body, kind) => {
  const send = await talk((response) => say(response, status, body))
  await expect(send()).rejects.toMatchObject({ name: 'DiscordFailure', kind })
})

test('no answer is no knowledge, and no failure shows the token', async () => {
  const send = await talk(() => {})
  const failure = await send().catch((thrown) => thrown)
  expect(failure).toMatchObject({ name: 'DiscordFailure', kind: 'lost' })
  expect(`${failure.stack}${failure.cause}`).not.toContain('token-of-it')
})

test('after 50 refusals it keeps quiet; those of a limit that others share do not count', () => {
  const breaker = createBreaker()
  for (let i = 0; i < 200; i += 1) breaker.note(429, 'shared')
  for (let i = 0; i < 49; i += 1) breaker.note(403, undefined)
  expect(breaker.waitMs()).toBe(0)
  breaker.note(401, undefined)
  expect(breaker.waitMs()).toBeGreaterThan(590_000)
})

test('posts go out in the order they were asked for, no faster than agreed', async () => {
  const pacer = createPacer({ burst: 2, refillMs: 50 })
  const started = performance.now()
  const order: number[] = []
  await Promise.all([1, 2, 3, 4].map((n) => pacer.turn(async () => order.push(n), signal)))
  expect(order).toEqual([1, 2, 3, 4])
  expect(performance.now() - started).toBeGreaterThan(130)
})
