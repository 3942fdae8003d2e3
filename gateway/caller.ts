import { BlockList, isIP, SocketAddress } from 'node:net'

/** How a request came, as the socket and the headers say. */
interface Arrival {
  /** Address of the socket's other end; undefined over a Unix socket, and once the caller has hung up. */
  peer: string | undefined
  unixSocket: boolean
  /** `X-Forwarded-For` as sent. */
  forwardedFor: string | undefined
  /** `X-Forwarded-Proto` as sent. */
  forwardedProto: string | undefined
}

interface Caller {
  /** In its one usual form; null over a Unix socket with no proxy that tells it. */
  address: string | null
  /** Whether the caller reached the first proxy by https. */
  secure: boolean
  /** Address of a proxy that is not trusted, by the look of it: near, and it says whom it speaks for. */
  untrustedProxy: string | null
}

/** Where one's own proxies are: on this machine, or in a network of one's own. */
const NEAR = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1', 'fc00::/7', 'fe80::/10']

/** Most hops followed through a header anyone can write. */
const MOST_HOPS = 32

/**
 * Tells who calls: the socket's peer, or behind trusted proxies the nearest address that is no trusted proxy's, read
 * from the right, where the last proxy wrote what it saw. A hop that is no address ends the walk: the caller counts
 * as the proxy that wrote it.
 *
 * The peer of a Unix socket counts as a trusted proxy, since only this process's user and the socket's group can open it.
 *
 * @param trusted addresses and networks of proxies, as in `10.0.0.0/8`
 */
export function callerFinder(trusted: readonly string[]): (arrival: Arrival) => Caller {
  const isProxy = proxyMatcher(trusted)
  const isNear = proxyMatcher(NEAR)
  return ({ peer, unixSocket, forwardedFor = '', forwardedProto = '' }) => {
    const near = peer === undefined ? null : parseAddress(peer)
    if (!unixSocket && (near === null || !isProxy(near))) {
      const ignored = near !== null && forwardedFor !== '' && isNear(near)
      return { address: near, secure: false, untrustedProxy: ignored ? near : null }
    }
    const hops = forwardedFor === '' ? [] : forwardedFor.split(',').slice(-MOST_HOPS).reverse()
    return {
      address: furthest(near, hops, isProxy),
      secure: /^\s*https\s*(,|$)/i.test(forwardedProto),
      untrustedProxy: null,
    }
  }
}

function furthest(
  near: string | null,
  hops: readonly string[],
  isProxy: (address: string) => boolean,
): string | null {
  let known = near
  for (const hop of hops) {
    const address = parseAddress(hop.trim())
    if (address === null) return known
    known = address
    if (!isProxy(address)) return known
  }
  return known
}

/** An address in its one usual form: without port, brackets or zone, IPv4 as IPv4; null for what is none. */
export function parseAddress(text: string): string | null {
  const bare = withoutPort(text).split('%', 1)[0] ?? ''
  const version = isIP(bare)
  if (version === 4) return bare
  if (version === 0) return null
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' })
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  return mapped?.[1] ?? address
}

function withoutPort(text: string): string {
  return (
    /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1] ?? text
  )
}

/** Whether an address is one of the proxies, given as addresses and networks. */
export function proxyMatcher(trusted: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of trusted) {
    const [address = '', bits] = network.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return (address) => list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}
