import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { CertificateAuthority } from '../support/acme.ts'
import { bareDebian, packageProxy } from '../support/bare-debian.ts'
import { createDatabase } from '../support/postgres.ts'
import { relay } from '../support/relay.ts'
import { bootVps, type Vps } from '../support/vps.ts'
import { startStubClaude } from '../upstream/stub.ts'
import { type } from './typed.ts'

/** How the server is signed in to once it is set up, as `deploy` in helix.config.ts names it. */
export interface BareTarget {
  hosts: string[]
  identityFile: string
  knownHostsFile: string
}

export interface BareServer {
  vps: Vps
  /** A folder with helix.config.ts and .env.production, as the guide to deploying has somebody write them. */
  project: string
  /** Sets the server up with these words besides, and answers what there was to do and what was done. */
  setUp(...args: string[]): Promise<{ tasks: { what: string; there: boolean }[]; done: string[] }>
  close(): Promise<void>
}

/** A server as a provider delivers it, and a project that is to be brought there. @param config what the project says */
export async function startBareServer(config: (target: BareTarget) => object): Promise<BareServer> {
  const vps = await bootVps({ files: bareDebian(), users: ['root'] })
  const closing: (() => unknown)[] = [vps.stop]
  const close = async () => {
    // The machine first: what it holds open would be waited for.
    for (const each of closing) await each()
  }
  const packages = await packageProxy(vps.home)
  closing.push(packages.close)
  vps.asRoot(`echo 'Acquire::http::Proxy "${packages.url}";' > /etc/apt/apt.conf.d/90test`)
  const claude = await startStubClaude({ defaults: { words: 40, paceMs: 50 } })
  const database = await createDatabase()
  const near = [await relay(vps.home, claude.url), await relay(vps.home, database.url)] as const
  closing.push(claude.close, database.drop, ...near.map(({ close }) => close))
  const { host, identityFile = '', knownHostsFile = '' } = vps.destination
  const project = mkdtempSync(join(tmpdir(), 'helix-project-'))
  const said = config({ hosts: [`deploy@${vps.address}`], identityFile, knownHostsFile })
  writeFileSync(join(project, 'helix.config.ts'), `export default ${JSON.stringify(said)}\n`)
  const env = `DATABASE_URL="${near[1].url}"\nCLAUDE_API_KEY=sk-ant-test-key\nANTHROPIC_BASE_URL=${near[0].url}\n`
  writeFileSync(join(project, '.env.production'), env, { mode: 0o600 })
  return {
    vps,
    project,
    async setUp(...args) {
      const access = ['--identity', identityFile, '--known-hosts', knownHostsFile]
      const words = ['server', 'setup', '--host', host, '--key', `${identityFile}.pub`, ...access, ...args]
      const typed = await type(project, [...words, '--json'])
      expect(typed.stderr + typed.stdout).toContain('"ok":true')
      return JSON.parse(typed.stdout).data
    },
    close,
  }
}

/** Has a server trust the authority it is to ask for a certificate, as it trusts Let’s Encrypt’s from the start. */
export function trustInterface({ asRoot }: Vps, { interfaceCa }: CertificateAuthority): void {
  const file = '/usr/local/share/ca-certificates/test.crt'
  asRoot(`printf '%s' '${interfaceCa}' > ${file}; update-ca-certificates >/dev/null 2>&1`)
}
