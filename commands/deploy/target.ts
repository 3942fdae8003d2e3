import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { typist } from '../../src/audit/actors.ts'
import type { Audit } from '../../src/audit/audit.ts'
import type { Config } from '../../src/config/config.ts'
import { Secret } from '../../src/config/secret.ts'
import { asHelixError, HelixError } from '../../src/errors.ts'
import { NO_CARGO } from '../../src/release/cargo.ts'
import { databaseSteps } from '../../src/release/database-steps.ts'
import type { Hooks } from '../../src/release/hooks.ts'
import type { Place } from '../../src/release/vps/place.ts'
import type { Runner } from '../../src/release/vps/runner.ts'
import type { Host } from '../../src/shell/host.ts'
import type { Context } from '../context.ts'
import { option } from '../define.ts'

type GatewayTarget = NonNullable<Config['deploy']['gateway']>

/** Where the configuration says that the gateway is brought. @throws HelixError `config_invalid` where it says nothing */
export function gatewayTarget({ env, deploy }: Pick<Config, 'env' | 'deploy'>): GatewayTarget {
  if (deploy.gateway) return deploy.gateway
  throw new HelixError('config_invalid', `Environment ${env} has no machine for the gateway`, {
    hint: "Name one in helix.config.ts: deploy: { gateway: { type: 'ssh', hosts: ['deploy@vps.example.com'] } }.",
    next: ['helix config show'],
  })
}

/** Machines that are gone, or away for long: a deploy goes on with the others. */
export const withoutOption = option(
  '--without <host...>',
  'leave out a machine that is gone, as helix.config.ts names it',
  z.array(z.string()).default([]),
)

/**
 * The machines the gateway is brought to, as the configuration names them; closed with the run.
 * @param without those of them that are left out
 */
export async function gatewayPlaces(context: Context, without: readonly string[] = []): Promise<Place[]> {
  const config = await context.config()
  const target = gatewayTarget(config)
  const { placeOn } = await import('../../src/release/vps/facts.ts')
  const runner = await runnerOf(target)
  const hosts = await openHosts({ ...target, hosts: hostsBut(target.hosts, without, config) }, context)
  return Promise.all(
    hosts.map((host) =>
      placeOn(host, target.folder, runner, context.signal).catch((thrown: unknown) => {
        throw target.hosts.length > 1 ? orWithout(host.name, thrown) : thrown
      }),
    ),
  )
}

/** How the machines of a target are signed in to. */
type Machines = Pick<GatewayTarget, 'hosts' | 'port' | 'identityFile' | 'knownHostsFile'>

/** Signs in to the machines of a target; closed with the run. */
export async function openHosts(
  { hosts, port, identityFile, knownHostsFile }: Machines,
  context: Context,
): Promise<Host[]> {
  const { sshHost } = await import('../../src/shell/ssh.ts')
  return Promise.all(
    hosts.map(async (host) => {
      const opened = await sshHost({
        host,
        ...(port !== undefined && { port }),
        ...(identityFile !== undefined && { identityFile }),
        ...(knownHostsFile !== undefined && { knownHostsFile }),
      })
      context.onClose(opened.close)
      return opened
    }),
  )
}

function orWithout(host: string, thrown: unknown): HelixError {
  const failure = asHelixError(thrown)
  if (failure.code !== 'host_unreachable' && failure.code !== 'host_timeout') return failure
  return new HelixError(failure.code, failure.message, {
    hint: `${failure.hint ?? ''} Should it be gone for good, go on with the others: --without ${host}.`.trim(),
    next: failure.next,
    ...(failure.details && { details: failure.details }),
    cause: failure,
  })
}

/**
 * The machines of a target but those left out.
 * @throws HelixError `usage` for one that neither gateway nor page is brought to, or where none is left
 */
export function hostsBut(
  hosts: readonly string[],
  without: readonly string[],
  { deploy: { gateway, web, status } }: Pick<Config, 'deploy'>,
): string[] {
  const pages = [web, status].flatMap((page) => (page?.type === 'static' ? page.hosts : []))
  const named = new Set([...(gateway?.hosts ?? []), ...pages])
  const unknown = without.filter((host) => !named.has(host))
  if (unknown.length > 0)
    throw new HelixError('usage', `Nothing is brought to ${unknown.join(', ')}`, {
      hint: `helix.config.ts names ${[...named].join(', ') || 'no machine'}.`,
    })
  const rest = hosts.filter((host) => !without.includes(host))
  if (rest.length === 0) throw new HelixError('usage', 'Without those, no machine is left')
  return rest
}

async function runnerOf(target: GatewayTarget): Promise<Runner> {
  switch (target.type) {
    case 'ssh':
      return (await import('../../src/release/vps/systemd.ts')).systemd
    case 'pm2':
      return (await import('../../src/release/vps/pm2.ts')).pm2
    case 'docker': {
      const { docker } = await import('../../src/release/vps/docker.ts')
      const { network, memory, cpus, registry } = target
      return docker({ network, memory, cpus, pulled: registry !== undefined })
    }
  }
}

/** The journal of this machine, for what must not wait for a database: the next command brings it to the log. */
export async function journalHere(context: Context): Promise<Audit> {
  const { createJournal } = await import('../../src/audit/journal.ts')
  return createJournal(join((await context.config()).dataDir, 'journal.jsonl'))
}

/** How a release of the gateway is brought to these machines, as the configuration says; what is brought comes besides. */
export function passageOf(
  places: readonly Place[],
  { domains, deploy, timeouts }: Config,
  { note }: Context,
) {
  const { bootMs, watchMs, keep } = deploy
  return { places, publicName: domains.api, bootMs, watchMs, drainMs: timeouts.drainMs, keep, note }
}

/** To go back or to undo needs neither what was brought nor the database, which may be what is down. */
export const NOTHING_BROUGHT = {
  archive: NO_CARGO,
  settings: { env: new Secret(''), config: '' },
  database: databaseSteps({ pending: [], where: 'the database', migrate: async () => {}, backup: undefined }),
}

/** Who deploys, as others read it: `ana@laptop`. */
export function deployer(): string {
  return `${typist().replace(/^cli:/, '')}@${hostname()}`
}

/** The programs of the checkout that are run beside its deploys, each written down before it runs. */
export async function hooksOf(context: Context, audit: Pick<Audit, 'act'>): Promise<Hooks> {
  const { root, env, deploy } = await context.config()
  const { findHooks } = await import('../../src/release/hooks.ts')
  const { loggedPrograms } = await import('../../src/programs.ts')
  const launch = loggedPrograms(audit, typist())
  const { environment, note } = context
  return findHooks({ root, env, launch, environment, timeoutMs: deploy.hookMs, note })
}
