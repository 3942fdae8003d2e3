import { nginxSite } from '../release/vps/nginx.ts'
import { type Script, script } from '../shell/script.ts'

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
  /** The folder Helix gets in that user's home. */
  folder: string
  /** Public keys that may sign in as that user, one a line. */
  keys: string
  /** Host names of the gateway. */
  names: readonly string[]
  /** Address for the certificate's mails; without one the site speaks HTTP, as behind another proxy. */
  certificateMail?: string
  firewall: boolean
}

const PACKAGES = ['nginx', 'dbus-user-session', 'libpam-systemd', 'ca-certificates']

/** Everything a Debian or Ubuntu server needs before the first deploy, in order; root runs it. */
export function serverTasks(plan: ServerPlan): Task[] {
  const { user, folder, keys, certificateMail, firewall } = plan
  const packages = [...PACKAGES, ...(certificateMail ? ['certbot'] : []), ...(firewall ? ['ufw'] : [])]
  return [
    {
      what: `install ${packages.join(', ')}`,
      check: script('dpkg-query -W -f "" "$@" 2>/dev/null', ...packages),
      act: script(
        'export DEBIAN_FRONTEND=noninteractive; apt-get update -q; apt-get install -yq --no-install-recommends "$@"',
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
    {
      what: `make the folder ${folder}, whose sockets nginx may reach and nothing else`,
      check: script(
        `home=$(getent passwd "$1" | cut -d: -f6); [ "$(stat -c '%a %G' "$home/$2/run" 2>/dev/null)" = '2750 www-data' ]`,
        user,
        folder,
      ),
      act: script(
        `
home=$(getent passwd "$1" | cut -d: -f6)
run="$home/$2/run"
runuser -u "$1" -- mkdir -p "$run"
runuser -u "$1" -- chmod 711 "$home" "$home/$2"
# Only the user could have made it a link, and then of something that is not theirs.
cd "$run" && [ "$(pwd -P)" = "$(readlink -f "$home")/$2/run" ] || { echo "$run is a link" >&2; exit 1; }
chgrp www-data . && chmod 2750 .`,
        user,
        folder,
      ),
    },
    ...siteTasks(plan),
    ...(firewall ? [firewallTask()] : []),
  ]
}

const SITE = '/etc/nginx/sites-enabled/helix'
/** Puts the site on stdin in place; one that nginx refuses is taken back. What was there waits where nginx reads nothing. */
const PUT_SITE = `
before=/etc/nginx/helix-site.before
rm -f "$before"; cp -p "$1" "$before" 2>/dev/null || true
cat > "$1"
if nginx -t -q; then rm -f "$before"; systemctl enable -q nginx; systemctl reload-or-restart nginx
else rm -f "$1"; [ ! -e "$before" ] || mv "$before" "$1"; exit 1; fi`

function siteTasks({ user, folder, names, certificateMail }: ServerPlan): Task[] {
  const [name = ''] = names
  const place = (tls?: { certificate: string; key: string }) =>
    nginxSite({ folder: `/home/${user}/${folder}`, names, ...(tls && { tls }) })
  const put = (what: string, site: string, already?: Script): Task => ({
    what,
    check: already ?? script('cmp -s - "$1"', SITE),
    act: script(PUT_SITE, SITE),
    input: site,
  })
  if (certificateMail === undefined) return [put(`let nginx send ${names.join(', ')} to Helix`, place())]
  const live = `/etc/letsencrypt/live/${name}`
  const there = script('test -e "$1/fullchain.pem"', live)
  return [
    put(`let nginx answer for ${names.join(', ')}, so that a certificate can be asked for`, place(), there),
    {
      what: `ask Let’s Encrypt for a certificate of ${names.join(', ')}, renewed by itself`,
      check: there,
      act: script(
        `
mail=$1; shift
for name; do set -- "$@" -d "$name"; shift; done
certbot certonly --webroot -w /var/www/html -n --agree-tos -m "$mail" --deploy-hook 'systemctl reload nginx' "$@"`,
        certificateMail,
        ...names,
      ),
    },
    put(
      `let nginx send https://${name} to Helix`,
      place({ certificate: `${live}/fullchain.pem`, key: `${live}/privkey.pem` }),
    ),
  ]
}

function firewallTask(): Task {
  return {
    what: 'let in SSH, HTTP and HTTPS, and nothing else',
    check: script("ufw status | grep -q '^Status: active' && ufw status | grep -q '^443/tcp'"),
    act: script('ufw allow OpenSSH; ufw allow 80/tcp; ufw allow 443/tcp; ufw --force enable'),
  }
}
