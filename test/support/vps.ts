import { execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SshDestination } from '../../src/shell/shared-connection.ts'
import { MAY_HAVE_CONTAINERS, startDocker } from './vps-docker.ts'

/** Why no machine can be booted here, for the title of the tests that then skip; null when one can. */
export const vpsUnavailable: string | null = whyNot()

/**
 * A throw-away machine: systemd booted on an overlay of this one's files, with a network, an sshd and users `root` and
 * `deploy` of its own. What it changes is gone with it.
 */
export interface Vps {
  destination: SshDestination
  /** Its address, and that of this machine as it sees it. */
  address: string
  home: string
  /** Runs a shell command there as root; answers what it printed. */
  asRoot(command: string): string
  /** Cuts the network to it, and mends it. */
  cut(): void
  mend(): void
  stop(): Promise<void>
}

/** Key and host keys with which any of some machines is signed in to alike. */
export function sharedAccess(machines: readonly Vps[], folder: string): Partial<SshDestination> {
  const [first] = machines
  const identityFile = first?.destination.identityFile ?? ''
  const publicKey = readFileSync(`${identityFile}.pub`, 'utf8').trim()
  for (const { asRoot } of machines) asRoot(`echo '${publicKey}' >> /home/deploy/.ssh/authorized_keys`)
  const knownHostsFile = join(folder, 'known_hosts')
  const known = machines.map(({ destination }) => readFileSync(destination.knownHostsFile ?? '', 'utf8'))
  writeFileSync(knownHostsFile, known.join(''))
  return { identityFile, knownHostsFile }
}

/** What a machine begins with. */
export interface VpsFiles {
  /** The folder that holds its files; those of this machine unless told. */
  files?: string
  /** Who may sign in with the key of the test; each is made where the files have them not. */
  users?: readonly string[]
  /** Whether it has a Docker of its own, which `deploy` may use. */
  docker?: boolean
}

/** @throws Error when it does not come up within a minute */
export async function bootVps({
  files = '/',
  users = ['deploy', 'root'],
  docker = false,
}: VpsFiles = {}): Promise<Vps> {
  const { name, net } = claimNetwork()
  const folder = mkdtempSync(join(tmpdir(), 'helix-vps-'))
  const root = mountFiles(folder, files)
  makeUsers(users, folder, root, net, name)
  makeNetwork(name, net)
  const machine = spawn(
    'systemd-nspawn',
    [
      ...['-q', '-D', root, '--boot', '--register=no', '--keep-unit', `--machine=${name}`],
      // Its firewall is that of its own network.
      ...[`--network-namespace-path=/run/netns/${name}`, '--console=read-only'],
      ...(docker ? MAY_HAVE_CONTAINERS : ['--capability=CAP_NET_ADMIN']),
    ],
    { stdio: ['ignore', 'ignore', 'ignore'], detached: true },
  )
  const vps: Vps = {
    destination: {
      host: `${users[0]}@${net}.2`,
      identityFile: join(folder, 'user'),
      knownHostsFile: join(folder, 'known_hosts'),
    },
    address: `${net}.2`,
    home: `${net}.1`,
    asRoot: (command) => execFileSync('ssh', sshArgs(folder, net, command), { encoding: 'utf8' }),
    cut: () => run('ip', 'link', 'set', name, 'down'),
    mend: () => run('ip', 'link', 'set', name, 'up'),
    async stop() {
      const ended = new Promise((resolve) => machine.once('exit', resolve))
      if (machine.exitCode === null) {
        machine.kill('SIGTERM')
        await Promise.race([
          ended,
          sleep(10_000, undefined, { ref: false }).then(() => machine.kill('SIGKILL')),
        ])
      }
      // Unmounted before anything is removed: what lies under the overlay is this machine's own.
      run('umount', '-l', root)
      run('umount', '-l', join(folder, 'layers'))
      run('ip', 'netns', 'del', name)
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await untilUp(vps)
    if (docker) {
      // It cannot let its containers out by itself: these settings are read-only there.
      run('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
      vps.asRoot(startDocker(`${net}.1`))
    }
    return vps
  } catch (error) {
    await vps.stop()
    throw error
  }
}

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return 'no machine can be booted: not root'
  for (const program of ['/usr/bin/systemd-nspawn', '/usr/sbin/sshd', '/usr/sbin/nginx'])
    if (!existsSync(program)) return `no machine can be booted: no ${program}`
  return null
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** What this machine may have, and has no business there: Docker is started by hand, and its network is not networkd's. */
const UNWANTED = [
  'docker.service',
  'docker.socket',
  'containerd.service',
  'systemd-networkd-wait-online.service',
]
/** The files under a layer in memory that takes every change. */
function mountFiles(folder: string, files: string): string {
  const layers = join(folder, 'layers')
  const root = join(folder, 'root')
  for (const each of [layers, root]) mkdirSync(each)
  run('mount', '-t', 'tmpfs', '-o', 'size=6g', 'helix-vps', layers)
  for (const each of ['upper', 'work']) mkdirSync(join(layers, each))
  const options = `lowerdir=${files},upperdir=${join(layers, 'upper')},workdir=${join(layers, 'work')}`
  run('mount', '-t', 'overlay', 'overlay', '-o', options, root)
  return root
}

function makeUsers(users: readonly string[], folder: string, root: string, net: string, name: string): void {
  for (const key of ['host', 'user'])
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key))
  for (const user of users) {
    if (user !== 'root') run('chroot', root, 'useradd', '-m', '-s', '/bin/bash', '-p', '*', user)
    const home = user === 'root' ? 'root' : `home/${user}`
    const ssh = join(root, home, '.ssh')
    mkdirSync(ssh, { recursive: true, mode: 0o700 })
    appendFileSync(join(ssh, 'authorized_keys'), readFileSync(join(folder, 'user.pub')))
    run('chroot', root, 'chown', '-R', `${user}:${user}`, `/${home}/.ssh`)
  }
  run('install', '-m', '600', join(folder, 'host'), join(root, 'etc/ssh/helix_host'))
  const sshd = `ListenAddress ${net}.2\nHostKey /etc/ssh/helix_host\nUsePAM yes\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n`
  writeFileSync(join(root, 'etc/ssh/sshd_config'), sshd)
  writeFileSync(join(root, 'etc/hostname'), `${name}\n`)
  const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')
  writeFileSync(join(folder, 'known_hosts'), `${net}.2 ${hostKey}\n`)
  // Its services are chosen by the test, whatever this machine has.
  const wanted = join(root, 'etc/systemd/system/multi-user.target.wants')
  rmSync(wanted, { recursive: true, force: true })
  mkdirSync(wanted)
  for (const unit of UNWANTED) run('ln', '-sf', '/dev/null', join(root, 'etc/systemd/system', unit))
  run('ln', '-s', '/lib/systemd/system/ssh.service', join(wanted, 'ssh.service'))
  rmSync(join(root, 'etc/machine-id'), { force: true })
  // Read before each command over SSH. This machine's may wait for a lock that the overlay shows long after it is gone.
  rmSync(join(root, 'root/.bashrc'), { force: true })
}

/** A network nobody on this machine has: whoever makes the namespace of its name has it. */
function claimNetwork(): { name: string; net: string } {
  for (let tries = 0; ; tries += 1) {
    const [second, third] = [64 + randomInt(128), randomInt(256)]
    const name = `hx${second}n${third}`
    try {
      run('ip', 'netns', 'add', name)
      return { name, net: `10.${second}.${third}` }
    } catch (error) {
      if (tries > 10) throw error
    }
  }
}

function makeNetwork(name: string, net: string): void {
  run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
  run('ip', 'addr', 'add', `${net}.1/24`, 'dev', name)
  run('ip', 'link', 'set', name, 'up')
  run('ip', '-n', name, 'addr', 'add', `${net}.2/24`, 'dev', 'eth0')
  for (const link of ['eth0', 'lo']) run('ip', '-n', name, 'link', 'set', link, 'up')
}

function sshArgs(folder: string, net: string, command: string): string[] {
  const options = ['BatchMode=yes', 'ConnectTimeout=5', `UserKnownHostsFile=${join(folder, 'known_hosts')}`]
  return [
    ...options.flatMap((option) => ['-o', option]),
    '-i',
    join(folder, 'user'),
    `root@${net}.2`,
    command,
  ]
}

async function untilUp(vps: Vps): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      // `degraded` is fine: what failed is a service of this machine that has no business there.
      vps.asRoot('systemctl is-system-running --wait || true')
      return
    } catch (error) {
      if (tries > 60) throw error
      await sleep(1_000)
    }
  }
}
