import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { GatewayEnv } from './env.ts'
import { type Listener, listen } from './listen.ts'
import { sseResponse } from './sse.ts'

type Limits = Parameters<typeof listen>[2]

describe('a listener', () => {
  const sockets: Socket[] = []
  let listener: Listener | undefined
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await listener?.close(0)
    vi.restoreAllMocks()
  })

  async function start(
    limits: Partial<Limits>,
    app = new Hono<GatewayEnv>().get('/', (c) => c.text('here')),
  ) {
    listener = await listen(
      app,
      { port: 0, host: '127.0.0.1' },
      { most: 100, isProxy: () => false, ...limits },
    )
    return listener.address
  }

  function dial(address: string): Promise<Socket> {
    const { port, hostname } = new URL(address)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(socket))
      socket.on('error', reject)
      sockets.push(socket)
    })
  }

  const ended = (socket: Socket) =>
    new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.resume()
    })

  /** What a server says before it ends the connection. */
  const lastWords = (socket: Socket) =>
    new Promise<string>((resolve) => {
      let said = ''
      socket.on('data', (data) => {
        said += data
      })
      socket.once('close', () => resolve(said))
    })

  it.each([
    { owner: true, mode: 0o600 },
    { owner: false, mode: 0o660 },
  ])(
    'opens a Unix socket to its user, and to its group where no owner speaks over it: %o',
    async ({ owner, mode }) => {
      const folder = await mkdtemp(join(tmpdir(), 'helix-listen-'))
      const path = join(folder, 's')
      const limits = { most: 100, isProxy: () => false }
      listener = await listen(new Hono<GatewayEnv>(), { path, owner }, limits)
      expect(listener.address).toBe(path)
      expect((await stat(path)).mode & 0o777).toBe(mode)
      await rm(folder, { recursive: true })
    },
  )

  it('ends a caller that does not read its answer, and tells whoever was writing it', async () => {
    let cancelled = false
    const endless = new Hono<GatewayEnv>().get('/', (c) =>
      c.body(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
          cancel: () => {
            cancelled = true
          },
        }),
      ),
    )
    const socket = await dial(await start({ stallMs: 300 }, endless))
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => cancelled, { timeout: 5_000 }).toBe(true)
    await ended(socket)
  })

  it('ends an event stream nobody reads, and with it whatever makes the events', async () => {
    const printed = [vi.spyOn(console, 'info'), vi.spyOn(console, 'error')]
    let made = 0
    let over = false
    async function* endless() {
      try {
        for (;;) yield { event: 'delta', seq: ++made, data: { text: 'x'.repeat(20_000) } }
      } finally {
        over = true
      }
    }
    const app = new Hono<GatewayEnv>().get('/', () => sseResponse(endless(), new AbortController()))
    const socket = await dial(await start({ stallMs: 300 }, app))
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => over, { timeout: 5_000 }).toBe(true)
    const atTheEnd = made
    await ended(socket)
    expect(made).toBe(atTheEnd)
    for (const spy of printed) expect(spy).not.toHaveBeenCalled()
  })

  it('waits for a caller that reads slowly', async () => {
    const large = new Hono<GatewayEnv>().get('/', (c) => c.body(new Uint8Array(8 * 1024 * 1024)))
    const socket = await dial(await start({ stallMs: 300 }, large))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    let read = 0
    socket.on('data', (piece) => {
      read += piece.length
      socket.pause()
      setTimeout(() => socket.resume(), 10)
    })
    await new Promise((resolve) => socket.once('close', resolve))
    expect(read).toBeGreaterThan(8 * 1024 * 1024)
  }, 20_000)

  it('waits as long as an answer takes to make', async () => {
    const slow = new Hono<GatewayEnv>().get('/', async (c) => {
      await new Promise((resolve) => setTimeout(resolve, 900))
      return c.text('at last')
    })
    const answer = await fetch(await start({ stallMs: 200 }, slow))
    expect(await answer.text()).toBe('at last')
  })

  it('gives one address a quarter of the connections, unless it is a trusted proxy', async () => {
    const address = await start({ most: 8 })
    const [one, two] = [await dial(address), await dial(address)]
    await ended(await dial(address))
    one.end()
    await ended(one)
    await expect.poll(async () => isOpen(await dial(address))).toBe(true)
    expect(await isOpen(two)).toBe(true)
    await listener?.close(0)
    const behind = await start({ most: 8, isProxy: (peer) => peer === '127.0.0.1' })
    const many = await Promise.all(Array.from({ length: 6 }, () => dial(behind)))
    expect(await Promise.all(many.map(isOpen))).toEqual(Array(6).fill(true))
  })

  it('makes room by ending connections nobody uses', async () => {
    const address = await start({ most: 4, isProxy: () => true })
    for (let n = 0; n < 4; n += 1) {
      const socket = await dial(address)
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await new Promise((resolve) => socket.once('data', resolve))
    }
    const answer = () => fetch(address, { headers: { connection: 'close' } }).then((one) => one.text())
    await expect.poll(() => answer().catch(() => 'no room')).toBe('here')
  })

  it('makes no room at the cost of a caller that still reads its answer', async () => {
    const large = new Hono<GatewayEnv>()
      .get('/', (c) => c.text('here'))
      .get('/large', (c) => c.body(new Uint8Array(8 * 1024 * 1024)))
    const address = await start({ most: 2, isProxy: () => true }, large)
    const [reading, resting] = [await dial(address), await dial(address)]
    let read = 0
    reading.on('data', (piece) => {
      read += piece.length
      reading.pause()
      setTimeout(() => reading.resume(), 5)
    })
    reading.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
    resting.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await new Promise((resolve) => resting.once('data', resolve))
    const answer = () => fetch(address, { headers: { connection: 'close' } }).then((one) => one.text())
    await expect.poll(() => answer().catch(() => 'no room')).toBe('here')
    expect(read).toBeLessThan(8 * 1024 * 1024)
    await expect.poll(() => read, { timeout: 10_000 }).toBeGreaterThan(8 * 1024 * 1024)
  }, 20_000)

  it('answers nobody any more once callers left that had asked for two things at once', async () => {
    const slow = new Hono<GatewayEnv>().get('/', async (c) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      return c.text('at last')
    })
    const socket = await dial(await start({}, slow))
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2))
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const began = performance.now()
    await listener?.answered(10_000)
    expect(performance.now() - began).toBeLessThan(5_000)
  }, 20_000)

  it('ends a caller that is slow to send its headers, its body, or anything at all', async () => {
    const server = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 }
    const app = new Hono<GatewayEnv>()
      .post('/', async (c) => c.text(await c.req.text()))
      .onError((_, c) => c.text('cut off', 400))
    const address = await start({ server }, app)
    const [silent, headers, body] = await Promise.all([dial(address), dial(address), dial(address)])
    headers.write('POST / HTTP/1.1\r\nHost: x\r\n')
    body.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n')
    const trickle = setInterval(() => {
      headers.write('X-A: b\r\n')
      body.write('.')
    }, 50)
    try {
      const said = await Promise.all([silent, headers, body].map(lastWords))
      for (const words of said) expect(words).toMatch(/^HTTP\/1\.1 408 /)
    } finally {
      clearInterval(trickle)
    }
  })
})

/** Whether the other end has not hung up within a moment. */
function isOpen(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve(false)
    socket.once('close', () => resolve(false))
    setTimeout(() => resolve(!socket.destroyed), 100)
  })
}
