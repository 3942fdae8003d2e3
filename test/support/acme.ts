import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'

const VERSION = 'v2.10.1'
const MODULE = 'github.com/letsencrypt/pebble/v2/cmd'
const programs = join(tmpdir(), `helix-pebble-${VERSION}`)

/** Why there is no certificate authority here, for the title of the tests that then skip; null when there is one. */
export const acmeUnavailable: string | null = install()

/** Let’s Encrypt’s own authority for tests, Pebble, which asks `machine` for what proves a name, whatever the name. */
export interface CertificateAuthority {
  /** What a client is given as the authority. */
  directory: string
  /** Certificate that the authority’s own interface is trusted by. */
  interfaceCa: string
  /** Certificate that what it gives is trusted by. */
  root: string
  stop(): void
}

/** @param home the address of this machine as `machine` sees it */
export async function startAuthority(home: string, machine: string): Promise<CertificateAuthority> {
  const folder = mkdtempSync(join(tmpdir(), 'helix-acme-'))
  const interfaceCa = ownCertificate(folder, home)
  const pebble = {
    listenAddress: `${home}:14000`,
    managementListenAddress: `${home}:15000`,
    certificate: join(folder, 'cert.pem'),
    privateKey: join(folder, 'key.pem'),
    httpPort: 80,
    tlsPort: 443,
  }
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }))
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-doh', '']
  const names = ['-dnsserver', `${home}:8053`, '-management', `${home}:8055`, '-defaultIPv6', '']
  const running = [
    run('pebble-challtestsrv', [...off, ...names, '-defaultIPv4', machine]),
    run('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', `${home}:8053`]),
  ]
  return {
    directory: `https://${home}:14000/dir`,
    interfaceCa,
    root: await untilAnswers(`https://${home}:15000/roots/0`, interfaceCa),
    stop: () => {
      for (const each of running) each.kill('SIGKILL')
    },
  }
}

function install(): string | null {
  if (existsSync(join(programs, 'pebble-challtestsrv'))) return null
  try {
    const packages = ['pebble', 'pebble-challtestsrv'].map((name) => `${MODULE}/${name}@${VERSION}`)
    execFileSync('go', ['install', ...packages], {
      env: { ...process.env, GOBIN: programs },
      stdio: 'ignore',
      timeout: 240_000,
    })
    return null
  } catch {
    return 'no certificate authority: `go install` brings no Pebble here'
  }
}

function run(program: string, args: readonly string[]) {
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' }
  return spawn(join(programs, program), args, { env, stdio: 'ignore' })
}

function ownCertificate(folder: string, address: string): string {
  const wanted = ['-subj', '/CN=pebble', '-addext', `subjectAltName=IP:${address}`, '-days', '2']
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...wanted, ...files], {
    stdio: 'ignore',
  })
  return execFileSync('cat', [join(folder, 'cert.pem')], { encoding: 'utf8' })
}

async function untilAnswers(url: string, ca: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca } })
  for (let tries = 0; ; tries += 1) {
    try {
      return await (await request(url, { dispatcher })).body.text()
    } catch (error) {
      if (tries > 50) throw error
      await sleep(100)
    }
  }
}
