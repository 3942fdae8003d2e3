import { resolve } from 'node:path'
import { HelixError } from '../../src/errors.ts'
import { logPath } from '../../src/log/log-file.ts'
import { fileSource } from '../../src/logs/file-source.ts'
import { hostSource } from '../../src/logs/host-source.ts'
import { LOG_KEEPERS, type LogKeeper } from '../../src/logs/keepers.ts'
import type { LogSource } from '../../src/logs/source.ts'
import { localHost } from '../../src/shell/local.ts'
import type { Context } from '../context.ts'

interface Wanted {
  here: boolean
  host: readonly string[]
  file: string | undefined
}

/**
 * Where the logs are that the command line means: the file it names; the machines it names; this machine with `--here`;
 * in another environment than `local` the machines of its deploy; else the file of the `helix up` on the data directory.
 */
export async function logSources(context: Context, { here, host, file }: Wanted): Promise<LogSource[]> {
  const config = await context.config()
  const { gateway: target } = config.deploy
  if (file !== undefined) return [fileSource(resolve(context.cwd, file), file)]
  const keeper = keeperOf(target?.type ?? 'ssh')
  const folder = target?.folder ?? 'helix'
  if (here) return [hostSource(localHost(context.environment), keeper, folder)]
  const machines = host.length > 0 ? host : config.env === 'local' ? [] : (target?.hosts ?? [])
  if (machines.length === 0) return [fileSource(logPath(config), 'local')]
  const { sshHost } = await import('../../src/shell/ssh.ts')
  const { port, identityFile, knownHostsFile } = target ?? {}
  return Promise.all(
    [...new Set(machines)].map(async (machine) => {
      const opened = await sshHost({
        host: machine,
        ...(port !== undefined && { port }),
        ...(identityFile !== undefined && { identityFile }),
        ...(knownHostsFile !== undefined && { knownHostsFile }),
      })
      context.onClose(opened.close)
      return hostSource(opened, keeper, folder)
    }),
  )
}

function keeperOf(type: string): LogKeeper {
  const keeper = LOG_KEEPERS[type]
  if (keeper) return keeper
  throw new HelixError('precondition_failed', `Nobody knows where a target of type ${type} keeps its log`, {
    hint: 'Look with the tools of its host.',
  })
}
