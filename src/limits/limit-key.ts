import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'

/** Longest key kept as it is. */
const MOST_CHARACTERS = 150

/**
 * What a caller is counted as: an IPv6 address as its /64, since whoever has one has all of it; a key too long or
 * too odd to be stored as its digest; anything else as it is.
 */
export function limitKey(key: string): string {
  if (isIPv6(key)) return networkOf(key)
  if (key.length <= MOST_CHARACTERS && !key.includes('\0')) return key
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** The first 64 bits of an IPv6 address, the way its owner would write the network. */
function networkOf(address: string): string {
  const [head = '', tail] = withoutZone(address).split('::')
  const before = groupsOf(head)
  const zeros = tail === undefined ? 0 : 8 - before.length - groupsOf(tail).length
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...groupsOf(tail ?? '')]
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? address
}

/** Groups of 16 bits; an IPv4 address at the end counts as two, whose value is never among the first four. */
function groupsOf(part: string): string[] {
  return part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : group === '' ? [] : [group]))
}
