// An independent reader of `helix audit export`: Node and its crypto, nothing of Helix. Reads stdin; ends with 1 and the
// first bad seq, else prints where the log ends and its Merkle root, to be compared with a signed checkpoint.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const leaf = (hash) => sha256('\x00', Buffer.from(hash, 'hex'))
const node = (left, right) => sha256('\x01', left, right)

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`
}

const start = (log) => ({ log, size: 0, head: '0'.repeat(64), peaks: [] })
const root = ({ peaks }) => peaks.map(({ hash }) => hash).reduceRight((right, left) => node(left, right))

let end
for await (const line of createInterface({ input: process.stdin })) {
  const { hash, ...entry } = JSON.parse(line)
  const { log, size, head } = entry.kind === 'log.continue' ? entry.data : {}
  end ??= start(entry.log)
  const goesOn = log === end.log && size === end.size && head === end.head
  if (goesOn && entry.data.root === root(end).toString('hex')) end = start(entry.log)
  const isNext = entry.log === end.log && entry.seq === end.size + 1 && entry.prev === end.head
  if (!isNext || sha256(canonical(entry)).toString('hex') !== hash) {
    process.stderr.write(`bad entry ${end.size + 1} of log ${end.log}\n`)
    process.exit(1)
  }
  let peak = { leaves: 1, hash: leaf(hash) }
  while (end.peaks.at(-1)?.leaves === peak.leaves)
    peak = { leaves: peak.leaves * 2, hash: node(end.peaks.pop().hash, peak.hash) }
  end = { log: entry.log, size: entry.seq, head: hash, peaks: [...end.peaks, peak] }
}
process.stdout.write(`${JSON.stringify({ ...end, peaks: undefined, root: root(end).toString('base64') })}\n`)
