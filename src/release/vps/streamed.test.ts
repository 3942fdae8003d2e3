import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { localHost } from '../../shell/local.ts'
import { machineDoor, publicDoor } from './doors.ts'
import { askStreamed, type Seen } from './streamed.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const START = { release: 'r2', pieces: 3, paceMs: 50 }
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

async function serving(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response))
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Streams the pieces so far apart; at once with 0. */
const streaming =
  (paceMs: number, { pieces = 3, start = START } = {}) =>
  async (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    response.write(event('start', start))
    for (let piece = 0; piece < pieces; piece += 1) {
      await sleep(paceMs)
      response.write(event('delta', { text: 'a' }))
    }
    response.end(event('done', { release: start.release, simulated: true }))
  }

const plain = (status: number, type: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': type }).end('something')

const seenAt = (origin: string): Promise<Seen> =>
  askStreamed(publicDoor(origin), 'r2', 'pass', new AbortController().signal)

test.each([
  ['comes as it is sent', streaming(50), { kind: 'streamed' }],
  ['comes in one lump', streaming(0), { kind: 'held', sentMs: 100 }],
  [
    'comes from another release',
    streaming(50, { start: { ...START, release: 'r1' } }),
    { kind: 'elsewhere' },
  ],
  ['lacks a piece', streaming(50, { pieces: 2 }), { kind: 'failed', why: 'the reply is not whole' }],
  [
    'is a problem of a release without that route',
    plain(404, 'application/problem+json'),
    { kind: 'elsewhere' },
  ],
  ['is somebody else’s page', plain(200, 'text/html'), { kind: 'elsewhere' }],
  [
    'is refused by a guard before it',
    plain(403, 'text/html'),
    { kind: 'elsewhere', why: 'it answered 403, no stream' },
  ],
  ['is a gateway that is not reached', plain(502, 'text/html'), { kind: 'failed', why: 'it answered 502' }],
  [
    'breaks off',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(event('start', START), () => response.destroy())
    },
    { kind: 'failed', why: expect.stringMatching(/^the reply broke off/) },
  ],
])('a reply that %s is seen as that', async (_what, answer, seen) => {
  expect(await seenAt(await serving(answer as (response: ServerResponse) => void))).toMatchObject(seen)
})

test('nobody there is no fault of the release', async () => {
  expect(await seenAt('http://127.0.0.1:9')).toMatchObject({ kind: 'unreached' })
  expect(await seenAt('http://name.invalid')).toMatchObject({ kind: 'unreached' })
})

test('on the machine itself the web server is asked for the public name, whatever that resolves to', async () => {
  let asked = ''
  const server = createServer((request, response) => {
    asked = `${request.headers.host}${request.url}`
    void streaming(50)(response)
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const host = localHost()
  // Nothing speaks TLS there, so plain HTTP is tried.
  const door = machineDoor({ ...host, connect: (to) => host.connect(to === 80 ? port : 9) }, 'api.invalid')
  expect(await askStreamed(door, 'r2', 'pass', new AbortController().signal)).toEqual({ kind: 'streamed' })
  expect(asked).toBe('api.invalid/health/probe/pass')
})
