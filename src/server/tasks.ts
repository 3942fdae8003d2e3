import { type Script, script } from '../shell/script.ts'
import { folderTask, wrapperTask } from './folder.ts'
import { siteTasks } from './site.ts'

/** One thing a server needs: how to see whether it is there, and how to bring it. */
export interface Task {
  what: string
  /** Succeeds when there is nothing to do. */
  check: Script
  act: Script
  /** What `act` and `check` read on stdin. */
  input?: string
}

/** What a server is prepared for. */
export interface ServerPlan {
  /** Who Helix runs as. */
  user: string
  /** The folder Helix gets, absolute. */
  folder: string
  /** Public keys that may sign in as that user, one a line. */
  keys: string
  /** Host names of the gateway. */
  names: readonly string[]
  /** Address for the certificate's mails; without one the site speaks HTTP, as behind another proxy. */
  certificateMail?: string
  /** Directory of the authority that gives it, where that is not Let’s Encrypt. */
  acmeServer?: string
  firewall: boolean
  /** What else it serves: the page. */
  also?: readonly Task[]
}

const PACKAGES = ['nginx', 'curl', 'dbus-user-session', 'libpam-systemd', 'ca-certificates']

/** Everything a Debian or Ubuntu server needs before the first deploy, in order; root runs it. */
export function serverTasks(plan: ServerPlan): Task[] {
  const { user, keys, certificateMail, firewall } = plan
  const packages = [...PACKAGES, ...(certificateMail ? ['certbot'] : []), ...(firewall ? ['ufw'] : [])]
  return [
    {
      what: `install ${packages.join(', ')}`,
      // Also what was removed is known to dpkg, while its settings are there.
      check: script(
        `for name; do [ "$(dpkg-query -W -f '\${db:Status-Status}' "$name" 2>/dev/null)" = installed ]; done`,
        ...packages,
      ),
      act: script(
        // A server that has just been made is often still updating itself.
        `
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -yq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"`,
        ...packages,
      ),
    },
    {
      what: `make the user ${user}, who has no password`,
      check: script('id "$1" >/dev/null 2>&1', user),
      // A login that is locked may not sign in by key either.
      act: script(`useradd -m -s /bin/bash -p '*' "$1"`, user),
    },
    {
      what: `let ${keys.trim().split('\n').length} key(s) sign in as ${user}`,
      check: script(
        `
file=$(getent passwd "$1" | cut -d: -f6)/.ssh/authorized_keys
while read -r key; do grep -qxF "$key" "$file" 2>/dev/null; done`,
        user,
      ),
      // As the user: what root writes in a home may be a link to anywhere.
      act: script(
        `
home=$(getent passwd "$1" | cut -d: -f6)
runuser -u "$1" -- sh -euc '
umask 077
cd "$1"
mkdir -p .ssh
touch .ssh/authorized_keys
chmod 700 .ssh
chmod 600 .ssh/authorized_keys
[ -z "$(tail -c 1 .ssh/authorized_keys)" ] || echo >> .ssh/authorized_keys
while read -r key; do
  grep -qxF "$key" .ssh/authorized_keys || printf "%s\\n" "$key" >> .ssh/authorized_keys
done' helix "$home"`,
        user,
      ),
      input: keys,
    },
    {
      what: `let what ${user} runs go on after they sign out, and start with the server`,
      check: script('test -e "/var/lib/systemd/linger/$1"', user),
      act: script('loginctl enable-linger "$1"', user),
    },
    folderTask(plan),
    wrapperTask(plan),
    ...siteTasks(plan),
    ...(plan.also ?? []),
    ...(firewall ? [firewallTask()] : []),
  ]
}

function firewallTask(): Task {
  return {
    what: 'let in SSH, HTTP and HTTPS, and nothing else',
    check: script("ufw status | grep -q '^Status: active' && ufw status | grep -q '^443/tcp'"),
    // The port of the very connection this comes over, wherever SSH listens.
    act: script(
      `ufw allow "\${SSH_CONNECTION##* }/tcp"; ufw allow 80/tcp; ufw allow 443/tcp; ufw --force enable`,
    ),
  }
}
