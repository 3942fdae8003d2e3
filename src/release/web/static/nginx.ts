import { createHash } from 'node:crypto'
import { WATCHED_STATUS_PATH } from '../../../contract/watched-status.ts'
import { type HeaderRule, nginxLocations, ruleFor } from '../../../web/hosts.ts'
import { CHALLENGE, listening, redirect, type Tls } from '../../nginx.ts'

/** Where nginx finds the policies of pages, a file each, which root alone writes. */
export const POLICIES = '/etc/nginx/helix-policies'

/** The name of a policy: a page with it is served from a folder that is called so. */
export function policyName(policy: string): string {
  return `p-${createHash('sha256').update(policy).digest('hex').slice(0, 16)}`
}

/** The file that makes nginx know a policy. */
export function policyFile(policy: string): string {
  return `~/${policyName(policy)}$ "${policy}";\n`
}

/** What the site of a page answers for. */
export interface PageSite {
  /** What it is, to tell it from others on the machine: `web`, `status`. */
  part: 'web' | 'status'
  /** The folder of the releases, absolute. */
  folder: string
  names: readonly string[]
  rules: readonly HeaderRule[]
  /** Without a certificate it speaks HTTP alone. */
  tls?: Tls
  policies?: string
  /** Ports, for where those of the web are taken. */
  port?: number
}

/**
 * The nginx site of a page. Its root is a symlink that a deploy swaps, looked at with every request; which policy goes
 * with a page follows from the folder it is really in, so files and policy change at once and nginx is never reloaded.
 * From its own machine a release can be asked for before it serves.
 */
export function pageSite(site: PageSite): string {
  const { part, names, policies = POLICIES, tls, port } = site
  return `# Written by helix server setup; changes are overwritten.
map "$remote_addr $http_x_helix_release" $helix_${part}_root {
  "~^127\\.0\\.0\\.1 (?<helix_${part}_asked>[0-9A-Za-z-]+)$" releases/$helix_${part}_asked/page;
  default current;
}
map $realpath_root $helix_${part}_policy {
  include ${policies}/*.conf;
  # A page nobody told nginx of may do nothing.
  default "default-src 'none'";
}
${tls ? redirect(names) : ''}server {
  ${listening(tls, port)}
  server_name ${names.join(' ')};
  root ${site.folder}/$helix_${part}_root;
  server_tokens off;
  absolute_redirect off;${tls ? '' : `\n  ${CHALLENGE}`}
${indented(nginxLocations(site.rules, `$helix_${part}_policy`))}${part === 'status' ? watchedLocation(site) : ''}
}
`
}

/** What was last seen of the gateway lies beside the releases, and changes without any; until it does, what a release brought. */
function watchedLocation({ folder, rules }: PageSite): string {
  const { 'Content-Security-Policy': _, ...headers } = ruleFor(rules, '/')?.headers ?? {}
  const lines = Object.entries(headers).map(([name, value]) => `    add_header ${name} "${value}";`)
  return `
  location = /${WATCHED_STATUS_PATH} {
${lines.join('\n')}
    types { }
    default_type application/json;
    root ${folder};
    try_files /${WATCHED_STATUS_PATH} /current/${WATCHED_STATUS_PATH} =404;
  }`
}

function indented(text: string): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => `  ${line}`)
    .join('\n')
}
