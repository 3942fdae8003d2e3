import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import { HelixError } from '../../src/errors.ts'
import type { Host } from '../../src/shell/host.ts'
import type { Context } from '../context.ts'
import { defineCommand, option } from '../define.ts'
import type { Part } from '../deploy/page.ts'

const user = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'a name of a user, such as deploy')

export default defineCommand({
  examples: [
    [
      'helix server setup --host root@vps.example.com --key ~/.ssh/id_ed25519.pub --dry-run',
      'say what it would do',
    ],
    [
      'helix server setup --host root@vps.example.com --key ~/.ssh/id_ed25519.pub --mail ops@example.com',
      'do it',
    ],
  ],
  description:
    'Prepares an empty Debian or Ubuntu server for helix deploy: nginx, the user Helix runs as, its folder, the site ' +
    'and, with --mail, a certificate. Run again it changes nothing. Signs in as root; a deploy never needs that.',
  acts: ['server.setup.start'],
  dryRun: true,
  options: {
    host: option('--host <user@host>', 'the server, as root', z.string().regex(/^[\w.-]+(@[\w.-]+)?$/)),
    user: option('--user <name>', 'who Helix runs as', user.default('deploy')),
    key: option('--key <file>', 'public key of whoever deploys', z.string().min(1)),
    name: option(
      '--name <host...>',
      'host names of the gateway (domains.api)',
      z.array(z.string().regex(/^[\w.-]+$/)).optional(),
    ),
    web: option(
      '--web [host...]',
      'serve the page too, as deploy.web says, under these names (domains.web)',
      z.union([z.array(z.string().regex(/^[\w.-]+$/)), z.literal(true)]).optional(),
    ),
    status: option(
      '--status [host...]',
      'serve the copy of the status page, as deploy.status says, under these names (domains.status)',
      z.union([z.array(z.string().regex(/^[\w.-]+$/)), z.literal(true)]).optional(),
    ),
    page: option(
      '--page <file>',
      'the built page --web and --status are for; without it the one built of this commit',
      z.string().min(1).optional(),
    ),
    mail: option(
      '--mail <address>',
      'ask Let’s Encrypt for a certificate, which mails here',
      z.email().optional(),
    ),
    acmeServer: option(
      '--acme-server <url>',
      'directory of another authority than Let’s Encrypt (RFC 8555)',
      z.url({ protocol: /^https$/ }).optional(),
    ),
    firewall: option('--firewall', 'let in SSH, HTTP and HTTPS alone', z.boolean().default(false)),
    port: option('--port <port>', 'port of SSH', z.coerce.number().int().min(1).max(65_535).optional()),
    identity: option('--identity <file>', 'private key to sign in as root with', z.string().optional()),
    knownHosts: option('--known-hosts <file>', 'host keys trusted beside your own', z.string().optional()),
  },
  async run({ host, user, key, name, web, status, page, mail, acmeServer, firewall, ...access }, context) {
    const config = await context.config()
    const { gatewayNames } = await import('../../src/server/names.ts')
    const forPages = web !== undefined || status !== undefined
    const names = name ?? gatewayNames(config, { host, forPages })
    if (names.length === 0 && !forPages) throw noName()
    const { serverTasks } = await import('../../src/server/tasks.ts')
    const { lookAtServer, setUpServer } = await import('../../src/server/setup.ts')
    const { folderOn } = await import('../../src/server/look.ts')
    const keys = await readKeys(resolve(context.cwd, key))
    const server = await openServer(host, access, context)
    const folder = await folderOn(server, user, config.deploy.gateway?.folder ?? 'helix')
    const certificate = mail && { certificateMail: mail, ...(acmeServer && { acmeServer }) }
    const pages = { server, user, page, ...certificate }
    const also = [
      ...(web === undefined ? [] : await tasksOfPage({ ...pages, part: 'web', asked: web }, context)),
      ...(status === undefined
        ? []
        : await tasksOfPage({ ...pages, part: 'status', asked: status }, context)),
    ]
    const tasks = serverTasks({ user, folder, keys, names, firewall, also, ...certificate })
    const before = await lookAtServer(server, tasks)
    const missing = before.filter(({ there }) => !there)
    if (context.dryRun || missing.length === 0) return { host, user, tasks: before, done: [] as string[] }
    await context.consent({ act: `On ${host}: ${missing.map(({ what }) => what).join('; ')}` })
    const audit = await context.log().audit()
    const done = await setUpServer(server, tasks, { audit, actor: typist(), note: context.note })
    return { host, user, tasks: before, done }
  },
  view({ host, user, tasks, done }, { colour, dryRun }) {
    const lines = tasks.flatMap(({ what, there, command }) => [
      `${there ? colour.green('✔') : dryRun ? '·' : colour.green('+')} ${what}`,
      ...(dryRun && !there ? command.split('\n').map((line) => colour.dim(`    ${line}`)) : []),
    ])
    const next = `deploy: { gateway: { type: 'ssh', hosts: ['${user}@${host.split('@').at(-1)}'] } }`
    if (dryRun) return lines.join('\n')
    return [...lines, done.length === 0 ? 'Nothing had to be done.' : `In helix.config.ts: ${next}`].join(
      '\n',
    )
  },
})

interface AskedPage {
  server: Host
  user: string
  part: Part
  /** Its names; `true` for that of the configuration. */
  asked: readonly string[] | true
  page: string | undefined
  certificateMail?: string
  acmeServer?: string
}

/** What the server needs to serve the page, whose headers the built page knows. */
async function tasksOfPage({ server, part, asked, page, ...plan }: AskedPage, context: Context) {
  const { domains, deploy } = await context.config()
  const names = asked === true ? [domains[part]].filter((name) => name !== undefined) : asked
  if (names.length === 0) throw noName('page', `domains.${part}`, `--${part} helix.example.com`)
  const { pageArchive } = await import('../deploy/page.ts')
  const { readPage } = await import('../../src/release/web/page.ts')
  const { pageTasks } = await import('../../src/server/page.ts')
  const { folderOn } = await import('../../src/server/look.ts')
  const { file } = await pageArchive(context, page)
  const { rules } = await readPage(file, part)
  const target = deploy[part]
  const configured = target?.type === 'static' ? target.folder : `helix-${part}`
  return pageTasks({ ...plan, part, names, rules, folder: await folderOn(server, plan.user, configured) })
}

interface Access {
  port: number | undefined
  identity: string | undefined
  knownHosts: string | undefined
}

async function openServer(host: string, { port, identity, knownHosts }: Access, context: Context) {
  const { sshHost } = await import('../../src/shell/ssh.ts')
  const server = await sshHost({
    host,
    ...(port !== undefined && { port }),
    ...(identity !== undefined && { identityFile: resolve(context.cwd, identity) }),
    ...(knownHosts !== undefined && { knownHostsFile: resolve(context.cwd, knownHosts) }),
  })
  context.onClose(server.close)
  return server
}

async function readKeys(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const keys = text.split('\n').filter((line) => /^(?:ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/=]+/.test(line))
  if (keys.length > 0 && !/PRIVATE KEY/.test(text)) return `${keys.join('\n')}\n`
  throw new HelixError('usage', `${path} holds no public key`, {
    hint: 'Give the file that ends in .pub, such as ~/.ssh/id_ed25519.pub.',
  })
}

function noName(what = 'gateway', setting = 'domains.api', flag = '--name api.example.com'): HelixError {
  return new HelixError('needs_input', `Under which name will the ${what} be reached?`, {
    hint: `Set ${setting} in helix.config.ts, or give ${flag}.`,
    details: { flag: flag.split(' ')[0] },
  })
}
