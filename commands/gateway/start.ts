import type { Config } from '../../src/config/config.ts'
import type { Database } from '../../src/db/database.ts'
import { databasePlace } from '../database-place.ts'
import { defineCommand } from '../define.ts'
import { openFailureLog } from './failure-log.ts'
import { listenOptions } from './listen-options.ts'
import { openLog } from './log.ts'
import { unlessStopped, untilStopped } from './until-stopped.ts'

export default defineCommand({
  examples: [
    ['helix gateway start', 'the server alone, for a process manager'],
    ['helix gateway start --env production --port 3000', 'with .env.production'],
    ['helix gateway start --socket /run/helix/gateway.sock', 'on a Unix socket alone, for a proxy'],
  ],
  description:
    'Prints one JSON object a line: first {"event":"ready",…} on stdout, then its log on stderr. Never migrates: ' +
    'a database whose schema is behind or ahead is refused with exit code 3. SIGTERM lets open replies finish. With --socket and ' +
    'without --port it opens no port.',
  options: listenOptions,
  streams: true,
  async run(flags, context) {
    const readConfig = () => context.config(['database', 'claude'], flags)
    const config = await readConfig()
    const log = await openLog(context, config)
    for (const { level, source, message, fix } of config.notices) {
      log[level === 'warning' ? 'warn' : 'info']({ event: 'config', source, message, fix })
    }
    const { startGateway } = await import('../../gateway/server.ts')
    const db = await unlessStopped(context.signal, openCurrent(config))
    const { url, release, close } = await startGateway({
      config,
      readConfig,
      db,
      host: config.host ?? '0.0.0.0',
      socketOnly: flags.port === undefined,
      personal: false,
      log,
      onError: openFailureLog({ log, db }),
    })
    const { mode, simulated } = config
    context.emit({ event: 'ready', url, signInUrl: null, mode, simulated, pid: process.pid, release })
    await untilStopped(context.signal)
    log.info({ event: 'draining', signal: String(context.signal.reason) })
    await close()
    log.info({ event: 'stopped' })
  },
})

async function openCurrent(config: Config): Promise<Database> {
  const { openDatabase } = await import('../../src/db/open.ts')
  const { assertSchema } = await import('../../src/db/migrations/status.ts')
  const db = await openDatabase(databasePlace(config))
  try {
    await assertSchema(db)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}
