import { join, resolve } from 'node:path'
import type { Config } from '../../src/config/config.ts'
import type { Secret } from '../../src/config/secret.ts'
import { HelixError } from '../../src/errors.ts'
import type { Archive } from '../../src/release/archive.ts'
import type { Held, Lockable } from '../../src/release/hold.ts'
import type { Target } from '../../src/release/target.ts'
import type { PageHost } from '../../src/release/web/host.ts'
import type { BuiltPage } from '../../src/release/web/page.ts'
import { type Host, runOn } from '../../src/shell/host.ts'
import { script } from '../../src/shell/script.ts'
import type { Context } from '../context.ts'
import { gatewayHosts } from '../gateway-hosts.ts'
import { hostsBut, openHosts } from './target.ts'

/** A page that is a release of its own, and the name of its setting in `deploy` and `domains`. */
export type Part = 'web' | 'status'

/** How long the page is asked once it serves, at most: unlike a gateway it does not fare worse with time. */
const LONGEST_WATCH_MS = 10_000

/**
 * Where a page is brought, as the configuration says.
 * @param archive what is brought; undefined to go back or to undo, which takes nothing
 * @param without machines that are left out, since they are gone or away
 * @throws HelixError `config_invalid` where the configuration names no such place, or no token for it
 */
export async function pageTargetOf(
  context: Context,
  part: Part,
  archive: Archive | undefined,
  without: readonly string[] = [],
): Promise<Target> {
  const config = await context.config()
  const target = configured(config, part)
  const url = addressOf(config, part)
  const { readPage } = await import('../../src/release/web/page.ts')
  const { pageTarget } = await import('../../src/release/web/target.ts')
  const built = async () => {
    if (!archive) throw new HelixError('usage', 'There is nothing to bring')
    const page = await readPage(archive.file, part)
    await builtForHere(page, part, config, context)
    return part === 'status' ? withPicture(page, context) : page
  }
  return pageTarget({
    name: part,
    archive: archive?.sha256 ?? '',
    built,
    url,
    keepers:
      target.type === 'static'
        ? await folders(
            await openHosts({ ...target, hosts: hostsBut(target.hosts, without, config) }, context),
            target.folder,
            context.signal,
          )
        : [await keeperOf(config, part, without, context)],
    open: await opener(target, config, url, context.signal),
    watchMs: Math.min(config.deploy.watchMs, LONGEST_WATCH_MS),
    keep: config.deploy.keep,
    note: context.note,
  })
}

/** The archive that is brought: the one that is named, else the one built of this commit. */
export async function pageArchive(context: Context, named: string | undefined): Promise<Archive> {
  const { builtParts, readArchive } = await import('../../src/release/archive.ts')
  if (named !== undefined) return readArchive(resolve(context.cwd, named))
  const { headCommit } = await import('../../src/config/package.ts')
  const { root } = await context.config()
  const [archive] = await builtParts(root, headCommit(root), [{ artefact: 'web' }])
  return archive
}

type PagePlace = NonNullable<Config['deploy'][Part]>

function configured({ env, deploy }: Config, part: Part): PagePlace {
  const target = deploy[part]
  if (target) return target
  const named = part === 'web' ? 'page' : 'status page'
  throw new HelixError('config_invalid', `Environment ${env} has no place for the ${named}`, {
    hint: `Name one in helix.config.ts: deploy: { ${part}: { type: 'vercel', project: 'helix' } }. Where the gateway serves the page, it is deployed with it.`,
    next: ['helix config show'],
  })
}

function addressOf({ deploy, domains }: Config, part: Part): string {
  const url = deploy[part]?.url?.replace(/\/+$/, '')
  const name = domains[part]
  if (url !== undefined) return url
  if (name !== undefined) return `https://${name}`
  throw new HelixError('config_invalid', 'Nobody knows under which address people open the page', {
    hint: `Set domains.${part} in helix.config.ts.`,
  })
}

async function opener(target: PagePlace, config: Config, url: string, signal: AbortSignal) {
  if (target.type === 'static') {
    const { staticHost } = await import('../../src/release/web/static/host.ts')
    return (places: readonly Held[]): PageHost => staticHost({ places, url, signal })
  }
  const { hostApi } = await import('../../src/host-api.ts')
  if (target.type === 'vercel') {
    const { VERCEL, vercelHost } = await import('../../src/release/web/hosted/vercel.ts')
    const { project, team, api = VERCEL } = target
    const token = tokenOf(config, 'vercelToken', 'VERCEL_TOKEN')
    const bypass = config.deploy.vercelBypass
    return (keepers: readonly Held[]): PageHost =>
      vercelHost({
        api: hostApi({ name: 'Vercel', url: api, token, signal: signalOf(keepers) }),
        ...{ project, url, protocol: new URL(api).protocol },
        ...(team !== undefined && { team }),
        ...(bypass && { bypass }),
      })
  }
  const { NETLIFY, netlifyHost } = await import('../../src/release/web/hosted/netlify.ts')
  const { site, api = NETLIFY } = target
  const token = tokenOf(config, 'netlifyToken', 'NETLIFY_AUTH_TOKEN')
  return (keepers: readonly Held[]): PageHost =>
    netlifyHost({
      api: hostApi({ name: 'Netlify', url: api, token, signal: signalOf(keepers) }),
      ...{ site, url },
    })
}

function signalOf(keepers: readonly Held[]): AbortSignal {
  return AbortSignal.any(keepers.map(({ lock }) => lock.signal))
}

function tokenOf(config: Config, name: 'vercelToken' | 'netlifyToken', variable: string): Secret {
  const token = config.deploy[name]
  if (token) return token
  throw new HelixError('config_invalid', `${variable} is not set`, {
    hint: `Put a token that may deploy into .env.${config.env}.`,
  })
}

/**
 * Who keeps lock and journal for a host that is none of ours: the first machine of the gateway, where there is one, so
 * that two people are kept apart; else this machine.
 */
async function keeperOf(
  config: Config,
  part: Part,
  without: readonly string[],
  context: Context,
): Promise<Lockable> {
  const { gateway } = config.deploy
  if (gateway) {
    const hosts = hostsBut(gateway.hosts, without, config).slice(0, 1)
    const [host] = await openHosts({ ...gateway, hosts }, context)
    if (host) return folderOn(host, join(gateway.folder, part), context.signal)
  }
  const { localHost } = await import('../../src/shell/local.ts')
  return folderOn(localHost(), join(config.dataDir, 'deploys', part), context.signal)
}

async function folders(hosts: readonly Host[], folder: string, signal: AbortSignal): Promise<Lockable[]> {
  const { makeFolder } = await import('../../src/release/web/static/scripts.ts')
  return Promise.all(
    hosts.map(async (host) => ({
      host,
      folder: await runOn(host, 'make the folder', makeFolder(folder), { signal }),
    })),
  )
}

async function folderOn(host: Host, folder: string, signal: AbortSignal): Promise<Lockable> {
  const act = script('cd && mkdir -p "$1" && cd "$1" && pwd -P', folder)
  return { host, folder: await runOn(host, 'make the folder', act, { signal }) }
}

/** A page that was built for another gateway would be served well, and reach nobody. */
async function builtForHere(
  page: BuiltPage,
  part: Part,
  config: Config,
  { environment }: Context,
): Promise<void> {
  const { viteValues } = await import('../../src/config/vite/values.ts')
  const { policyOf } = await import('../../src/release/web/page.ts')
  const { VITE_API_URL, VITE_GATEWAY_URL, VITE_SUPABASE_URL } = await viteValues(config, 'web', environment)
  const policy = policyOf(page)
  const gateway = VITE_API_URL ?? VITE_GATEWAY_URL
  const strange = [gateway, ...(part === 'web' ? [VITE_SUPABASE_URL] : [])].filter(
    (address) => address !== undefined && !policy.includes(URL.parse(address)?.origin ?? address),
  )
  if (strange.length === 0) return
  throw new HelixError('precondition_failed', `This page was not built to talk to ${strange.join(' and ')}`, {
    hint: `Build it for this environment: helix build web --env ${config.env}.`,
    next: [`helix build web --env ${config.env}`],
  })
}

/** The copy of the status page begins with what can be seen of the gateway now; also without, when that is away. */
async function withPicture(page: BuiltPage, context: Context): Promise<BuiltPage> {
  const { WATCHED_STATUS_PATH } = await import('../../src/contract/watched-status.ts')
  const { askStatus, watchedAfter } = await import('../../src/health/watched.ts')
  const [gateway] = await gatewayHosts(context, [])
  const status = gateway && (await askStatus([gateway], context.signal))
  if (!status) return page
  const watched = watchedAfter(undefined, { away: false, status }, new Date())
  const file = Buffer.from(`${JSON.stringify(watched)}\n`)
  return { ...page, files: new Map(page.files).set(WATCHED_STATUS_PATH, file) }
}
