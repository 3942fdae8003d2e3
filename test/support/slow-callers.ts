import { connect, type Socket } from 'node:net'

/** Each slow sender sends a little once a second, and they take turns. */
const TURN_MS = 50
const TURNS = 20

/** How a slow caller holds a connection: what it sends at once, what again and again, and whether it reads. */
interface Hold {
  first: string
  again?: string
  reads?: boolean
}

/** Ways to hold a connection. `finished` is a reply that has ended, for who asks and never reads the answer. */
function holds(token: string, finished: string): Hold[] {
  const body = [
    'POST /api/chat/message HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: 100000',
    '\r\n{"message":"',
  ].join('\r\n')
  const events = `GET /api/generations/${finished}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`
  return [
    { first: 'GET /health HTTP/1.1\r\nHost: x\r\n', again: 'X-A: b\r\n' },
    { first: body, again: 'a' },
    { first: 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n' },
    { first: events, reads: false },
  ]
}

/** Connections of callers that are slow in four ways, until `end`. */
export interface SlowCallers {
  /** Open connections, those that never end their headers first. */
  sockets: readonly Socket[]
  end(): void
}

/** Opens `each` connections of every kind. */
export async function slowCallers(
  url: string,
  { each, token, finished }: { each: number; token: string; finished: string },
): Promise<SlowCallers> {
  const sockets: Socket[] = []
  const timers: NodeJS.Timeout[] = []
  for (const { first, again, reads = true } of holds(token, finished)) {
    const opened = await Promise.all(Array.from({ length: each }, () => dial(url)))
    for (const socket of opened) {
      socket.write(first)
      if (reads) socket.resume()
      else socket.pause()
    }
    if (again) timers.push(trickle(opened, again))
    sockets.push(...opened)
  }
  return {
    sockets,
    end() {
      for (const timer of timers) clearInterval(timer)
      for (const socket of sockets) socket.destroy()
    },
  }
}

function trickle(sockets: readonly Socket[], text: string): NodeJS.Timeout {
  let turn = 0
  return setInterval(() => {
    turn += 1
    for (let at = turn % TURNS; at < sockets.length; at += TURNS) sockets[at]?.write(text)
  }, TURN_MS)
}

function dial(url: string): Promise<Socket> {
  const { port, hostname } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => {})
  })
}
