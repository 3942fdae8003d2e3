import { connect } from 'node:tls'

const DAY_MS = 86_400_000

/** When the certificate of an address ends; undefined where it has none, or nobody answers in time. */
export function certificateEnd(address: string, timeoutMs: number): Promise<Date | undefined> {
  const { protocol, hostname, port } = new URL(address)
  if (protocol !== 'https:') return Promise.resolve(undefined)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    // Whether it is to be trusted is found out by asking over it; here it is only read.
    const options = { host, port: Number(port || 443), servername: host, rejectUnauthorized: false }
    const socket = connect(options, () => {
      const end = new Date(socket.getPeerCertificate().valid_to)
      finish(Number.isNaN(end.getTime()) ? undefined : end)
    })
    const finish = (end: Date | undefined) => {
      socket.destroy()
      resolve(end)
    }
    socket.setTimeout(timeoutMs, () => finish(undefined))
    socket.on('error', () => finish(undefined))
  })
}

/** Whole days until then; negative once it is past. */
export function daysUntil(end: Date, now: Date): number {
  return Math.floor((end.getTime() - now.getTime()) / DAY_MS)
}
