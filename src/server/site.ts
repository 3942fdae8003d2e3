import type { Tls } from '../release/nginx.ts'
import { nginxSite } from '../release/vps/nginx.ts'
import { type Script, script } from '../shell/script.ts'
import type { ServerPlan, Task } from './tasks.ts'

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory'
const SITE = '/etc/nginx/sites-enabled/helix'
/** Puts the site on stdin in place; one that nginx refuses is taken back. What was there waits where nginx reads nothing. */
const PUT_SITE = `
before=/etc/nginx/helix-site.before
rm -f "$before"; cp -p "$1" "$before" 2>/dev/null || true
cat > "$1"
if nginx -t -q; then rm -f "$before"; systemctl enable -q nginx; systemctl reload-or-restart nginx
else rm -f "$1"; [ ! -e "$before" ] || mv "$before" "$1"; exit 1; fi`

/** Whether the certificate there is, if any, is for all the names. */
const COVERED = `
live=$1; shift
for name; do openssl x509 -noout -checkhost "$name" -in "$live/fullchain.pem" 2>/dev/null | grep -q 'does match'; done`

/** A site of nginx, and its certificate where one is asked for. */
export interface SitePlan extends Pick<ServerPlan, 'names' | 'certificateMail' | 'acmeServer'> {
  /** Where nginx reads it. */
  file: string
  /** What nginx does for whoever asks, as `let nginx …` goes on: `send … to Helix`. */
  does: string
  site: (tls?: Tls) => string
}

/** nginx before the gateway and, where asked for, its certificate. */
export function siteTasks({ folder, names, ...plan }: ServerPlan): Task[] {
  if (names.length === 0) return []
  return tasksOfSite({
    ...plan,
    ...{ names, file: SITE, does: `send https://${names[0]} to Helix` },
    site: (tls) => nginxSite({ folder, names, ...(tls && { tls }) }),
  })
}

/** What brings a site of nginx and, where asked for, its certificate. */
export function tasksOfSite({ file, names, does, site, certificateMail, acmeServer }: SitePlan): Task[] {
  const [name = ''] = names
  const live = `/etc/letsencrypt/live/${name}`
  const put = (what: string, input: string, check: Script): Task => ({
    ...{ what, check, input },
    act: script(PUT_SITE, file),
  })
  // A site that has a certificate already is not taken back to HTTP.
  const answers = script('cmp -s - "$1" || test -e "$2/fullchain.pem"', file, live)
  if (certificateMail === undefined) {
    return [put(`let nginx ${does.replace('https://', '')}`, site(), answers)]
  }
  const authority = acmeServer ?? LETS_ENCRYPT
  return [
    put(`let nginx answer for ${names.join(', ')}, so that a certificate can be asked for`, site(), answers),
    {
      what: `ask ${acmeServer ?? 'Let’s Encrypt'} for a certificate of ${names.join(', ')}, renewed by itself`,
      check: script(COVERED, live, ...names),
      act: script(
        `
mail=$1; server=$2; first=$3; shift 2
for name; do set -- "$@" -d "$name"; shift; done
certbot certonly --webroot -w /var/www/html -n --agree-tos -m "$mail" --server "$server" \\
  --cert-name "$first" --expand --deploy-hook 'systemctl reload nginx' "$@" 1>&2`,
        certificateMail,
        authority,
        ...names,
      ),
    },
    put(
      `let nginx ${does}`,
      site({ certificate: `${live}/fullchain.pem`, key: `${live}/privkey.pem` }),
      script('cmp -s - "$1"', file),
    ),
  ]
}
