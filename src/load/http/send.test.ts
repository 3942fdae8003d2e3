import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type Course, goThrough, type Wait, waitFor } from '../course.ts'
import { type Answer, createSender, type Sender, type SendOptions, type Sent } from './send.ts'

let end: () => Promise<void> = async () => {}
afterEach(() => end())

/** A server whose answers take so long, which counts connections and requests. */
async function started(ms: number, pool?: number) {
  const seen = { connections: 0, requests: 0, open: 0, mostOpen: 0 }
  const server = createServer((_request, response) => {
    seen.requests += 1
    seen.open += 1
    seen.mostOpen = Math.max(seen.mostOpen, seen.open)
    setTimeout(() => {
      seen.open -= 1
      response.end('ok')
    }, ms)
  })
  server.on('connection', () => {
    seen.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sender = createSender({ pool, timeoutMs: 10_000 })
  end = async () => {
    await sender.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, server, sender, origin, send: sending(sender, origin) }
}

/** Waits for the answer to a request. */
function answer(
  sender: Sender,
  origin: string,
  given: Partial<Sent> = {},
  options: SendOptions = {},
): Wait<Answer> {
  const sent: Sent = { origin, path: '/', method: 'GET', headers: {}, ...given }
  return (answered, failed) => sender.send(sent, options, { answered, failed })
}

function sending(sender: Sender, origin: string) {
  return (signal?: AbortSignal) =>
    new Promise(answer(sender, origin, {}, { keep: true, ...(signal && { signal }) }))
}

const times = <Value>(count: number, one: () => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, () => one()))

it('opens as many connections as requests are open, and uses them again', async () => {
  const { seen, send } = await started(50)
  await times(20, send)
  expect(seen).toMatchObject({ connections: 20, mostOpen: 20 })
  for (let turn = 0; turn < 5; turn += 1) expect((await send()).text).toBe('ok')
  expect(seen).toMatchObject({ connections: 20, requests: 25 })
})

it('opens no more than it may, and has the others wait', async () => {
  const { seen, send } = await started(20, 2)
  expect((await times(8, send)).every(({ status }) => status === 200)).toBe(true)
  expect(seen).toMatchObject({ connections: 2, requests: 8, mostOpen: 2 })
})

it('lets whoever waits for a connection go on after those before were given up', async () => {
  const { seen, send } = await started(200, 1)
  const given = new AbortController()
  const before = [send(given.signal), send(given.signal)]
  const after = send()
  setTimeout(() => given.abort(new Error('given up')), 20)
  expect(await Promise.allSettled(before)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  expect((await after).status).toBe(200)
  expect(seen.requests).toBe(2)
})

it('makes no connection for what was given up while it waited', async () => {
  const { seen, send } = await started(200, 2)
  const given = new AbortController()
  const all = times(100, () => send(given.signal).catch((reason: unknown) => reason))
  setTimeout(() => given.abort('given up'), 50)
  expect(new Set(await all)).toEqual(new Set(['given up']))
  expect((await send()).status).toBe(200)
  expect(seen).toMatchObject({ connections: 3, requests: 3 })
})

it('connects again to a server that closed a connection', async () => {
  const { seen, server, send } = await started(1)
  await send()
  server.closeAllConnections()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await send()).status).toBe(200)
  expect(seen).toMatchObject({ connections: 2, requests: 2 })
})

it('tells of a request that cannot be made, and makes the next', async () => {
  const { sender, send } = await started(1, 1)
  const bad = new Promise(answer(sender, 'http://127.0.0.1:1'))
  await expect(bad).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const worse = new Promise(answer(sender, 'http://127.0.0.1:1', { path: 'no path' }))
  await expect(worse).rejects.toThrow()
  expect((await send()).status).toBe(200)
})

it('tells everybody who waits for a connection that cannot be made', async () => {
  const sender = createSender({ pool: 1, timeoutMs: 1_000 })
  const all = await Promise.allSettled(
    Array.from({ length: 50 }, () => new Promise(answer(sender, 'http://127.0.0.1:1'))),
  )
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 'rejected'))
  expect(all[49]).toMatchObject({ reason: { code: 'ECONNREFUSED' } })
  await sender.close()
})

/** Requests of one user in turn, each sent in the call that told of the answer before. */
function* inTurn(sender: Sender, origin: string, methods: readonly ('GET' | 'POST')[]): Course<number[]> {
  const statuses: number[] = []
  for (const method of methods) {
    const body = method === 'POST' ? '{}' : null
    const { status } = yield* waitFor(answer(sender, origin, { method, body }))
    statuses.push(status)
  }
  return statuses
}

it('sends requests in turn on one connection, whatever their method', async () => {
  const { seen, sender, origin } = await started(1)
  const methods = Array.from({ length: 30 }, (_, turn) => (turn % 3 === 0 ? 'POST' : 'GET'))
  expect(await goThrough(inTurn(sender, origin, methods))).toEqual(methods.map(() => 200))
  expect(seen).toMatchObject({ connections: 1, requests: 30, mostOpen: 1 })
})

it('sends each once where a server closes the connection after every answer, and says so', async () => {
  const { seen, server, sender, origin } = await started(1)
  server.maxRequestsPerSocket = 1
  const methods = Array.from({ length: 30 }, (_, turn) => (turn % 3 === 0 ? 'POST' : 'GET'))
  expect(await goThrough(inTurn(sender, origin, methods))).toEqual(methods.map(() => 200))
  expect(seen).toMatchObject({ connections: 30, requests: 30 })
})
