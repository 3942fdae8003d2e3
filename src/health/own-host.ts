import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'

/** Which of these addresses are this machine: it cannot say of itself that it is away. */
export async function ownHosts(addresses: readonly string[]): Promise<string[]> {
  const own = new Set(
    Object.values(networkInterfaces())
      .flatMap((cards) => cards ?? [])
      .map(({ address }) => address),
  )
  const here = await Promise.all(addresses.map((address) => isHere(new URL(address).hostname, own)))
  return addresses.filter((_, nth) => here[nth])
}

async function isHere(hostname: string, own: ReadonlySet<string>): Promise<boolean> {
  const name = hostname.replace(/^\[|\]$/g, '')
  const found = await lookup(name, { all: true }).catch(() => [])
  return found.some(({ address }) => own.has(address) || address.startsWith('127.') || address === '::1')
}
