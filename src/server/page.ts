import { POLICIES, pageSite, policyFile, policyName } from '../release/web/static/nginx.ts'
import { script } from '../shell/script.ts'
import { type HeaderRule, ruleFor } from '../web/hosts.ts'
import { tasksOfSite } from './site.ts'
import type { ServerPlan, Task } from './tasks.ts'

const SITES = '/etc/nginx/sites-enabled'

/** What a server is prepared for, that serves the page, or the status page by itself. */
export interface PagePlan extends Pick<ServerPlan, 'user' | 'certificateMail' | 'acmeServer'> {
  part: 'web' | 'status'
  /** The folder of its releases, absolute. */
  folder: string
  /** Host names of the page. */
  names: readonly string[]
  /** The headers of the page as it is built now. */
  rules: readonly HeaderRule[]
}

/** Everything a server with nginx needs before the first deploy of the page, in order; root runs it. */
export function pageTasks(plan: PagePlan): Task[] {
  const { part, user, folder, names, rules } = plan
  const site = `${SITES}/helix-${part}`
  const named = part === 'web' ? 'page' : 'status page'
  const policy = ruleFor(rules, '/')?.headers['Content-Security-Policy'] ?? ''
  const file = `${POLICIES}/${policyName(policy)}.conf`
  return [
    {
      what: `make the folder ${folder}, whose pages nginx may read`,
      check: script('test -d "$1/releases"', folder),
      act: script(
        `
home=$(getent passwd "$1" | cut -d: -f6)
case "$2" in
  "$home"/*) runuser -u "$1" -- mkdir -p "$2"; runuser -u "$1" -- chmod 711 "$home";;
  *) [ -e "$2" ] || install -d -o "$1" -g "$(id -gn "$1")" "$2";;
esac
runuser -u "$1" -- mkdir -p "$2/releases"
runuser -u "$1" -- chmod 711 "$2"`,
        user,
        folder,
      ),
    },
    {
      // What earlier pages may do stays known, so that one can go back to them.
      what: `let nginx know what the ${named} may do, as it is built now`,
      check: script('cmp -s - "$1"', file),
      act: script(
        `
mkdir -p "$1"
cat > "$2"
[ -e "$3" ] || exit 0
if nginx -t -q; then systemctl reload-or-restart nginx; else rm -f "$2"; exit 1; fi`,
        POLICIES,
        file,
        site,
      ),
      input: policyFile(policy),
    },
    ...tasksOfSite({
      ...plan,
      ...{ file: site, does: `serve the ${named} at https://${names[0]}` },
      site: (tls) => pageSite({ part, folder, names, rules, ...(tls && { tls }) }),
    }),
  ]
}
