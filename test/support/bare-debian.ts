import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vpsUnavailable } from './vps.ts'

const MIRROR = 'http://deb.debian.org/debian'
/** What an image of a hosting provider has, and no more. */
const PACKAGES = 'systemd,systemd-sysv,openssh-server,libpam-systemd,dbus,iproute2,ca-certificates,procps'

/** Why no bare Debian can be had here, for the title of the tests that then skip; null when one can. */
export const bareUnavailable: string | null =
  vpsUnavailable ??
  (existsSync('/usr/sbin/debootstrap') ? null : 'no bare Debian can be made: no /usr/sbin/debootstrap')

/** The files of a Debian as a hosting provider delivers it, without nginx or anything else; made once a machine. */
export function bareDebian(suite = 'bookworm'): string {
  const files = join(tmpdir(), `helix-debian-${suite}`)
  if (existsSync(files)) return files
  const part = mkdtempSync(`${files}-`)
  try {
    execFileSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, suite, part, MIRROR], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    writeFileSync(join(part, 'etc/apt/sources.list'), `deb ${MIRROR} ${suite} main\n`)
    execFileSync('chmod', ['755', part])
    renameSync(part, files)
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    if (!existsSync(files)) throw error
  }
  return files
}

/** The way to Debian's packages for a machine that has no other: a proxy at `host`, for apt's `Acquire::http::Proxy`. */
export async function packageProxy(host: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    if (new URL(url, MIRROR).host !== new URL(MIRROR).host) return outgoing.writeHead(403).end()
    const onward = request(url, { method, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://${host}:${address.port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
