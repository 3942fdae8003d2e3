import { createHash, hash } from 'node:crypto'

const NEWLINE = 10
const LANES = 8

/** What rows come to, as COPY writes them. */
interface Tally {
  rows: number
  bytes: number
  /** SHA-256 of the bytes as they came. */
  sha256: string
  /** Of the rows whatever their order: the sum of their hashes, in eight lanes of 32 bits. */
  digest: string
}

const uint32At = (bytes: string, at: number) =>
  (bytes.charCodeAt(at) << 24) |
  (bytes.charCodeAt(at + 1) << 16) |
  (bytes.charCodeAt(at + 2) << 8) |
  bytes.charCodeAt(at + 3)

/** Counts and hashes what flows through it. */
export interface Tallier {
  through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>
  result(): Tally
}

/** @param byRow whether the bytes are rows; of others only the bytes are counted */
export function createTallier({ byRow = true } = {}): Tallier {
  const whole = createHash('sha256')
  const lanes = new Uint32Array(LANES)
  let bytes = 0
  let rows = 0
  let rest: Buffer = Buffer.alloc(0)

  /** No value holds a line break: COPY writes one in two letters. */
  function addRows(chunk: Buffer): void {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, start)) {
      // As text of one byte a letter: a buffer for each row would cost more than its hash does.
      const row = hash('sha256', all.subarray(start, end), 'binary')
      for (let lane = 0; lane < LANES; lane += 1) lanes[lane] = (lanes[lane] ?? 0) + uint32At(row, lane * 4)
      rows += 1
      start = end + 1
    }
    rest = all.subarray(start)
  }

  return {
    async *through(source) {
      for await (const chunk of source) {
        whole.update(chunk)
        bytes += chunk.length
        if (byRow) addRows(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
        yield chunk
      }
    },
    result() {
      const digest = Buffer.alloc(LANES * 4)
      for (const [lane, sum] of lanes.entries()) digest.writeUInt32BE(sum, lane * 4)
      return { rows, bytes, sha256: whole.digest('hex'), digest: digest.toString('hex') }
    },
  }
}
