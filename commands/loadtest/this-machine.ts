import { isIP } from 'node:net'

/** Another machine may be in use by others, whatever it is called. */
export function isThisMachine(hostname: string): boolean {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** `localhost` and 127.0.0.1 are one gateway. */
export function isSameGateway(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  const same = a.hostname === b.hostname || (isThisMachine(a.hostname) && isThisMachine(b.hostname))
  return same && a.port === b.port && a.protocol === b.protocol
}
