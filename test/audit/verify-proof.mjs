// An independent checker of `helix audit prove <seq> --json`: node verify-proof.mjs <key> < proof.json. Node and its crypto,
// nothing of Helix: the signed note (C2SP), the entry's hash (RFC 8785), the path from it to the root (RFC 9162).
import { createHash, createPublicKey, verify } from 'node:crypto'
import { text } from 'node:stream/consumers'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : value === null || typeof value !== 'object'
      ? JSON.stringify(value)
      : `{${Object.keys(value)
          .sort()
          .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
          .join(',')}}`
const fail = (why) => {
  process.stderr.write(why)
  process.exit(1)
}

const proof = JSON.parse(await text(process.stdin)).data
const [, name, id, base64] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(process.argv[2])
const end = proof.checkpoint.indexOf('\n\n') + 1
const signed = proof.checkpoint.slice(0, end)
const line = proof.checkpoint
  .slice(end + 1)
  .split('\n')
  .find((each) => each.startsWith(`— ${name} `))
const signature = Buffer.from(line?.slice(`— ${name} `.length) ?? '', 'base64')
const x = Buffer.from(base64, 'base64').subarray(1).toString('base64url')
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
if (signature.toString('hex', 0, 4) !== id) fail('not signed by this key')
if (!verify(null, Buffer.from(signed), key, signature.subarray(4))) fail('the signature is wrong')

const [origin, size, root] = signed.split('\n')
const { hash, ...entry } = proof.included.entry
if (origin !== `helix/${entry.log}` || sha256(canonical(entry)).toString('hex') !== hash)
  fail('the entry was changed')
let [node, last, computed] = [entry.seq - 1, Number(size) - 1, sha256('\x00', Buffer.from(hash, 'hex'))]
for (const side of proof.included.inclusion.map((each) => Buffer.from(each, 'base64'))) {
  const right = node % 2 === 1 || node === last
  computed = right ? sha256('\x01', side, computed) : sha256('\x01', computed, side)
  while (right && node % 2 === 0 && node > 0) [node, last] = [node / 2, Math.floor(last / 2)]
  ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
}
if (last !== 0 || computed.toString('base64') !== root) fail('the entry is not one of those signed')
process.stdout.write(`entry ${entry.seq} is one of the ${size} entries that were signed\n`)
