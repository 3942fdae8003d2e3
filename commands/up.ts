import { join } from 'node:path'
import type { RunningGateway } from '../gateway/server.ts'
import { typist } from '../src/audit/actors.ts'
import { runningUp } from '../src/client/node/run-file.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'
import { HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'
import { databasePlace } from './database-place.ts'
import { defineCommand } from './define.ts'
import { openFailureLog } from './gateway/failure-log.ts'
import { listenOptions } from './gateway/listen-options.ts'
import { openKeptLog } from './gateway/log.ts'
import { unlessStopped, untilStopped } from './gateway/until-stopped.ts'

export default defineCommand({
  examples: [
    ['helix up', 'start everything on this machine; Ctrl-C stops it'],
    ['helix up --env production', 'with what .env.production holds, such as CLAUDE_API_KEY'],
    ['helix up --port 0 --json', 'on a free port; the first line says where'],
  ],
  description:
    'Starts the gateway, the page, an embedded database and, without a key, a simulated Claude. Beside it, ' +
    'other commands act as the creator without a login.',
  options: listenOptions,
  acts: ['db.migrate.start'],
  streams: true,
  async run(flags, context) {
    const readConfig = () => context.config(['database', 'claude'], flags)
    const config = await readConfig()
    for (const { level, source, message, fix } of config.notices) {
      if (level === 'warning') context.say(`${source}: ${message}. ${fix}`)
    }
    await refuseSecond(config)
    const log = await openKeptLog(context, config)
    const { startGateway } = await import('../gateway/server.ts')
    const opening = openDatabase(config, context)
    // A server may never answer; what this process itself has begun on its own files is finished first.
    const db = await (config.mode === 'embedded' ? opening : unlessStopped(context.signal, opening))
    const gateway = await startGateway({
      config,
      readConfig,
      db,
      host: config.host ?? '127.0.0.1',
      personal: true,
      log,
      onError: openFailureLog({ log, db }),
    })
    await announce(gateway, config, context)
    await untilStopped(context.signal)
    if (context.json) context.emit({ event: 'draining' })
    else context.say('\nFinishing open replies; Ctrl-C again ends at once.')
    await gateway.close()
  },
})

// Two on one data directory would fight over its files; whoever is there first keeps it.
async function refuseSecond({ dataDir }: Config): Promise<void> {
  const run = await runningUp(dataDir)
  if (!run) return
  throw new HelixError('data_dir_in_use', `Helix is up already, at ${run.url} (process ${run.pid})`, {
    hint: `Use that one, stop it with \`kill ${run.pid}\`, or give this one its own --data-dir.`,
    details: { dataDir, pid: run.pid, url: run.url },
  })
}

async function openDatabase(config: Config, context: Context): Promise<Database> {
  const { openMigrated } = await import('../src/db/audited-migrate.ts')
  const db = await openMigrated(databasePlace(config), {
    actor: typist(),
    journal: join(config.dataDir, 'journal.jsonl'),
    confirm: context.confirm,
    onCopy: (folder) => context.note(`The database is copied to ${folder} before it is migrated.`),
    onProgress: ({ event, file, place, total }) => {
      if (event === 'applying') context.note(`Migrating (${place} of ${total}): ${file}`)
    },
  })
  if (config.mode !== 'embedded' || 'announce' in db) return db
  await db.close()
  throw new HelixError('data_dir_in_use', `Another process has the database in ${config.dataDir}`, {
    hint: 'Stop that process, or give this one its own --data-dir.',
  })
}

async function announce(gateway: RunningGateway, config: Config, context: Context): Promise<void> {
  const { url, release } = gateway
  const { mode, simulated } = config
  const showLink = context.json || context.stdout.isTTY === true
  const signInUrl = showLink ? await signInLink(gateway) : null
  if (context.json) {
    context.emit({ event: 'ready', url, signInUrl, mode, simulated, pid: process.pid, release })
    return
  }
  const { bold, dim, yellow } = context.colour
  const lines = [
    `${bold('Helix is up')} ${dim(`${release}, ${DATABASES[mode]}`)}`,
    `  ${bold(url)}`,
    ...(simulated
      ? [yellow('  Claude is SIMULATED: replies are made up. Set CLAUDE_API_KEY for real ones.')]
      : []),
    ...(signInUrl ? [`  Sign in (once, within the hour): ${signInUrl}`] : []),
    `  Try: helix ask "Hello, Helix!"   ${dim('Ctrl-C stops it.')}`,
  ]
  context.stdout.write(`${lines.join('\n')}\n`)
}

const DATABASES = { embedded: 'embedded database', postgres: 'PostgreSQL', supabase: 'Supabase' }

/** A link that signs the creator in; null where Supabase signs people in, or nobody is creator. */
async function signInLink({ services: { signin, people } }: RunningGateway): Promise<string | null> {
  if (!signin || people.creatorId === null) return null
  return signin.accounts.oneTimeSignIn(people.creatorId).catch(() => null)
}
