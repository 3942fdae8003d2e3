import { Socket } from 'node:net'
import { type buildConnector, errors } from 'undici'

/** As much as the system hands over at once. */
const MOST_READ = 64 * 1024

/**
 * A connection that hands on what it reads in the call that reads it, to whoever hears `readable`. A socket of Node
 * sets 64 KiB aside for each piece, keeps it and tells of it a turn later, which is a tenth of what a request costs
 * (docs/performance.md, the load generator). What nobody takes is kept as any socket keeps it.
 */
class DirectSocket extends Socket {
  #piece: Buffer | undefined

  /** `room` is read into, by as many as share it. */
  constructor(room: Buffer) {
    super({
      onread: { buffer: room, callback: (length) => this.#hand(Buffer.from(room.subarray(0, length))) },
    })
  }

  override read(size?: number): Buffer | null {
    const piece = this.#piece
    this.#piece = undefined
    if (piece) return piece
    return size === undefined && this.readableLength === 0 ? null : super.read(size)
  }

  /** Whether more may come at once. */
  #hand(piece: Buffer): boolean {
    if (this.readableLength > 0) return this.push(piece)
    this.#piece = piece
    this.emit('readable')
    const left = this.#piece
    this.#piece = undefined
    return left ? this.push(left) : true
  }
}

/** Begins to connect, and gives back what will be the connection. */
export type Connector = (...given: Parameters<buildConnector.connector>) => Socket

/** Connects without encryption by direct sockets, and with it as `encrypted` does. */
export function connectDirectly(encrypted: Connector, timeoutMs: number): Connector {
  const room = Buffer.allocUnsafeSlow(MOST_READ)
  return (options, callback) => {
    if (options.protocol !== 'http:') return encrypted(options, callback)
    const socket = new DirectSocket(room)
    const failed = (error: Error) => callback(error, null)
    const late = () => new errors.ConnectTimeoutError(`No connection within ${timeoutMs} ms`)
    socket.once('error', failed)
    socket.setTimeout(timeoutMs, () => socket.destroy(late()))
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', failed)
      callback(null, socket)
    })
    socket.setNoDelay(true)
    return socket.connect(Number(options.port) || 80, options.hostname)
  }
}
