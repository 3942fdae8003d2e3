import type { Socket } from 'node:net'
import { deserialize, serialize } from 'node:v8'

const HEAD_BYTES = 4
const LONGEST_FRAME = 512 * 1024 * 1024

/** Sends one value: its length in four bytes, then its structured clone. Resolves when the socket can take more. */
export function sendFrame(socket: Socket, value: unknown): void {
  const body = serialize(value)
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head.writeUInt32BE(body.length)
  socket.cork()
  socket.write(head)
  socket.write(body)
  socket.uncork()
}

/** Calls `onValue` for each value that arrives; a frame longer than any of ours ends the connection. */
export function readFrames(socket: Socket, onValue: (value: unknown) => void): void {
  let chunks: Buffer[] = []
  let size = 0
  let wanted = HEAD_BYTES

  socket.on('data', (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    if (size < wanted) return
    let bytes = Buffer.concat(chunks)
    for (;;) {
      wanted = HEAD_BYTES
      if (bytes.length < wanted) break
      wanted = HEAD_BYTES + bytes.readUInt32BE(0)
      if (wanted > LONGEST_FRAME) return void socket.destroy(new Error(`A frame of ${wanted} bytes`))
      if (bytes.length < wanted) break
      onValue(deserialize(bytes.subarray(HEAD_BYTES, wanted)))
      bytes = bytes.subarray(wanted)
    }
    chunks = [bytes]
    size = bytes.length
  })
}
