import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const SSHD = '/usr/sbin/sshd'

/** Why there is no SSH server to sign in to, for the title of the tests that then skip; null when there is. */
export const sshdUnavailable: string | null = existsSync(SSHD) ? null : `no ${SSHD}`

/** An SSH server of its own on this machine, that lets in whoever runs the tests by one key. */
export async function startSshd() {
  const folder = mkdtempSync(join(tmpdir(), 'helix-sshd-'))
  chmodSync(folder, 0o700)
  const port = await freePort()
  const keys = { host: join(folder, 'host'), own: join(folder, 'own') }
  for (const file of Object.values(keys))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const knownHostsFile = join(folder, 'known_hosts')
  writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${readFileSync(`${keys.host}.pub`, 'utf8')}`)
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${keys.host}`,
    `AuthorizedKeysFile ${keys.own}.pub`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 100',
  ]
  writeFileSync(join(folder, 'config'), `${config.join('\n')}\n`)
  // As root it wants the folder it drops its rights in, which systemd makes elsewhere.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true })
  const child = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' })
  await listening(port)
  return {
    host: `${userInfo().username}@127.0.0.1`,
    port,
    identityFile: keys.own,
    knownHostsFile,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('close', () => socket.destroy())
      socket.once('connect', () => socket.end())
    })
    if (there) return
    await sleep(50)
  }
  throw new Error(`No SSH server on port ${port}`)
}
