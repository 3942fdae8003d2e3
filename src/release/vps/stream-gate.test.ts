import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Host } from '../../shell/host.ts'
import type { Script } from '../../shell/script.ts'
import type { HeldPlace } from './place.ts'
import { askThroughTheDoors, type When } from './stream-gate.ts'
import { systemd } from './systemd.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** A web server that passes on what `r2` streams, the pieces so far apart. */
const streams =
  (paceMs: number): RequestListener =>
  async (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event('start', { release: 'r2', pieces: 3, paceMs: 50 }))
    for (let piece = 0; piece < 3; piece += 1) {
      await sleep(paceMs)
      response.write(event('delta', { text: 'a' }))
    }
    response.end(event('done', { release: 'r2', simulated: true }))
  }

const says =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('something')

/** A machine with that web server, whose release makes a pass, or answers with another status. */
async function asked(web: RequestListener, when: When, { makes = 200, away = false } = {}) {
  const server = createServer(web)
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const acts: string[] = []
  const pass = { token: 'pass', expiresAt: new Date().toISOString() }
  const stdout = ({ words, text }: Script) => {
    if (words.includes('/health/probe')) return JSON.stringify({ status: makes, body: JSON.stringify(pass) })
    acts.push(text.includes('ln -s') ? 'let through' : 'let nobody through')
    return ''
  }
  const host: Host = {
    name: 'deploy@vps',
    run: async (act) => ({ code: 0, stdout: stdout(act), stderr: '' }),
    connect: async (to) => connect(to === 80 && !away ? port : 9, '127.0.0.1'),
    async close() {},
  }
  const { signal } = new AbortController()
  const lock = { token: 1, signal, fenced: (act: Script) => act, lose() {}, async release() {} }
  const places: HeldPlace[] = [{ host, folder: '/h', runner: systemd, lock }]
  const notes: string[] = []
  const note = (text: string) => void notes.push(text)
  const gate = { release: 'r2', previous: 'r1', places, publicName: undefined, signal, note }
  const told = await askThroughTheDoors(gate, when).catch((error: unknown) => error)
  return { told, notes, acts }
}

test('a reply that streams through the web server passes, and nobody is let through any more', async () => {
  const { told, notes, acts } = await asked(streams(50), 'before')
  expect(told).toBe('a reply streamed through the web server of deploy@vps')
  expect({ notes, acts }).toEqual({ notes: [], acts: ['let through', 'let nobody through'] })
})

test('one that is held back fails twice before it is believed, and says what to look for', async () => {
  const { told, acts } = await asked(streams(0), 'before')
  expect(told).toMatchObject({
    code: 'deploy_failed',
    message: 'Replies through the web server of deploy@vps do not stream',
    hint: expect.stringContaining('proxy_buffering off'),
  })
  expect(acts.at(-1)).toBe('let nobody through')
})

test('a site that lets no probe through is told before the switch, and fails after it', async () => {
  const before = await asked(says(404), 'before')
  expect(before.told).toBe('no streamed reply was had')
  expect(before.notes).toEqual([expect.stringContaining('helix server setup writes a site that does')])
  expect((await asked(says(404), 'after')).told).toMatchObject({ code: 'deploy_failed' })
})

test('a web server that does not reach the release fails before anybody is sent there', async () => {
  expect((await asked(says(502), 'before')).told).toMatchObject({
    code: 'deploy_failed',
    message: expect.stringContaining('it answered 502'),
  })
})

test('a release from before this check is not held to it', async () => {
  const { told, acts } = await asked(says(500), 'before', { makes: 404 })
  expect({ told, acts }).toEqual({ told: 'r2 is older than this check', acts: [] })
})

test('one that makes no pass is not taken for it', async () => {
  for (const makes of [0, 401, 500])
    expect((await asked(streams(50), 'before', { makes })).told).toMatchObject({
      code: 'deploy_failed',
      message: 'r2 on deploy@vps lets nobody ask it for a streamed reply',
    })
})

test('a web server of ours that nobody reaches is told before the switch, and fails after it', async () => {
  const before = await asked(streams(50), 'before', { away: true })
  expect(before.notes).toEqual([expect.stringContaining('could not be asked from here')])
  expect((await asked(streams(50), 'after', { away: true })).told).toMatchObject({
    code: 'deploy_failed',
    message: expect.stringContaining('through the web server of deploy@vps'),
  })
})
