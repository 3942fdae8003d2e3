import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { connectDirectly } from './direct-socket.ts'
import { type Answer, createSender, failureName, type Sender, type SendOptions } from './send.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that answers each request in pieces, each on its way before the next is sent. */
async function started(answer: (path: string) => readonly (string | Buffer)[], host = '127.0.0.1') {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('data', async (asked: Buffer) => {
      const path = String(asked).split(' ')[1] ?? ''
      for (const piece of answer(path)) {
        if (piece === END) socket.end()
        else socket.write(piece)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  const sender = createSender({ timeoutMs: 5_000 })
  ends.push(
    () => new Promise((resolve) => server.close(resolve)),
    () => [...open].map((socket) => socket.destroy()),
    () => sender.close(),
  )
  return { sender, port: (server.address() as AddressInfo).port }
}

const END = 'the end of the connection'

function ask(sender: Sender, origin: string, path: string, options: SendOptions = {}): Promise<Answer> {
  return new Promise((answered, failed) =>
    sender.send(
      { origin, path, method: 'GET', headers: {} },
      { keep: true, ...options },
      { answered, failed },
    ),
  )
}

it('reads many answers at once that come in pieces, each as it was sent', async () => {
  const { sender, port } = await started((path) => [
    'HTTP/1.1 200 O',
    `K\r\nx-path: ${path.slice(0, 3)}`,
    `${path.slice(3)}\r\ncontent-le`,
    `ngth: 12\r\n\r\n${path.slice(1, 5)}`,
    path.slice(1, 5),
    path.slice(1, 5),
  ])
  const paths = Array.from({ length: 200 }, (_, number) => `/${1_000 + number}`)
  const answers = await Promise.all(paths.map((path) => ask(sender, `http://127.0.0.1:${port}`, path)))
  expect(answers.map(({ headers }) => headers['x-path'])).toEqual(paths)
  expect(answers.map(({ text }) => text)).toEqual(paths.map((path) => path.slice(1).repeat(3)))
})

it('reads an answer that is larger than what is read at once', async () => {
  const body = Buffer.alloc(700_000, 'word ')
  const { sender, port } = await started(() => [
    `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`,
    body,
  ])
  const { text } = await ask(sender, `http://127.0.0.1:${port}`, '/')
  expect(text).toBe(body.toString())
})

it('takes the end of the connection for the end of an answer without a length', async () => {
  const { sender, port } = await started(() => ['HTTP/1.1 200 OK\r\n\r\nfirst ', 'last', END])
  expect((await ask(sender, `http://127.0.0.1:${port}`, '/')).text).toBe('first last')
})

it('tells of an answer that was cut off, and of what is no answer', async () => {
  const { sender, port } = await started((path) =>
    path === '/cut'
      ? ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n12345', END]
      : ['220 mail.example ESMTP\r\n'],
  )
  const origin = `http://127.0.0.1:${port}`
  await expect(ask(sender, origin, '/cut')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' })
  await expect(ask(sender, origin, '/mail')).rejects.toMatchObject({ name: 'HTTPParserError' })
})

it('keeps what nobody takes, as any socket does', async () => {
  const body = Buffer.alloc(300_000, 'word ')
  const talking = createServer((socket) => socket.end(body))
  talking.listen(0, '127.0.0.1')
  await once(talking, 'listening')
  ends.push(() => talking.close())
  const { port } = talking.address() as AddressInfo
  const connect = connectDirectly(() => expect.unreachable(), 1_000)
  const socket = await new Promise<Socket>((resolve, reject) =>
    connect({ protocol: 'http:', hostname: '127.0.0.1', port: String(port) }, (error, made) =>
      made ? resolve(made) : reject(error),
    ),
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await buffer(socket)).toEqual(body)
})

/** Takes up two connections and no more, and answers none. */
const DEAF = `
const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
  require('node:fs').writeSync(1, String(server.address().port))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

/** A sender to a server of that kind. */
async function deaf(given: Parameters<typeof createSender>[0]) {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] })
  const sender = createSender(given)
  ends.push(
    () => child.kill('SIGKILL'),
    () => sender.close(),
  )
  const [port] = await once(child.stdout, 'data')
  return { sender, origin: `http://127.0.0.1:${port}` }
}

it('tells a connection that is not made in time from an answer that does not come', async () => {
  const { sender, origin } = await deaf({ timeoutMs: 500 })
  const asked = Array.from({ length: 8 }, () => ask(sender, origin, '/'))
  const names = (await Promise.allSettled(asked)).map(
    (one) => one.status === 'rejected' && failureName(one.reason),
  )
  expect(new Set(names)).toEqual(new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT']))
})

it.for([undefined, 6])(
  'ends what has no connection yet, or waits for one, with its signal (pool: %s)',
  async (pool) => {
    const { sender, origin } = await deaf({ timeoutMs: 60_000, pool })
    const stop = new AbortController()
    const asked = Array.from({ length: 30 }, () => ask(sender, origin, '/', { signal: stop.signal }))
    setTimeout(() => stop.abort('SIGINT'), 200)
    const ended = await Promise.allSettled(asked)
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'rejected'))
  },
)

it('reaches a name with two addresses of which one answers', async () => {
  const { sender, port } = await started(() => ['HTTP/1.1 204 No Content\r\n\r\n'])
  expect((await ask(sender, `http://localhost:${port}`, '/')).status).toBe(204)
})
