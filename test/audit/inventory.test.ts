import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCommand, table } from '../../commands/table.ts'
import { closingKind, isIntent } from '../../src/audit/kinds.ts'

/** What brings a release. */
const BRINGS = ['deploy.step.start', 'deploy.undo.start', 'deploy.without.start', 'program.run.start']

/** What each command does beyond looking, as the log names it; a new command has to be put somewhere here. */
const ACTS: Readonly<Record<string, readonly string[]>> = {
  up: ['db.migrate.start'],
  start: ['db.migrate.start'],
  // Each message is on the chain of the gateway that answers it.
  ...only('ask', 'chat'),
  // What a gateway does, it writes down itself.
  ...only('gateway start'),
  login: ['login.start', 'file.write.start'],
  logout: ['logout.start', 'file.remove.start'],
  ...only('whoami', 'token list', 'user link', 'config show', 'completion', 'keys show'),
  'token create': ['token.create.start'],
  'token revoke': ['token.revoke.start'],
  'user creator': ['user.creator.start'],
  ...only('user list', 'user show', 'incident list'),
  'user suspend': ['user.change.start'],
  'user unsuspend': ['user.change.start'],
  'user trust': ['user.change.start'],
  'user quota': ['user.change.start'],
  'user invite': ['user.invite.start'],
  'incident open': ['incident.open.start'],
  'incident note': ['incident.update.start'],
  'incident resolve': ['incident.resolve.start'],
  'incident report': ['incident.report.start'],
  doctor: ['doctor.fix.start'],
  'db migrate': ['db.migrate.start'],
  'db copy': ['db.copy.start', 'db.copy.discard.start', 'file.write.start'],
  'db new': ['file.write.start'],
  ...only('db status', 'db plan', 'db lint', 'db check'),
  'backup create': ['backup.create.start', 'file.write.start', 'backup.prune.start'],
  'backup schedule': ['backup.schedule.start'],
  ...only('backup list'),
  'backup verify': ['backup.drill.start', 'file.write.start'],
  'backup drill': ['backup.drill.start', 'file.write.start'],
  'backup prune': ['backup.prune.start'],
  restore: ['restore.start', 'restore.point.start', 'backup.create.start', 'file.write.start'],
  'server setup': ['server.setup.start'],
  'loadtest quick': ['loadtest.run.start', 'file.write.start'],
  'loadtest run': ['loadtest.run.start', 'file.write.start'],
  'loadtest report': ['file.write.start'],
  ...only('loadtest compare'),
  'deploy gateway': [...BRINGS, 'db.migrate.start', 'backup.create.start', 'file.write.start'],
  'deploy all': [...BRINGS, 'db.migrate.start', 'backup.create.start', 'file.write.start'],
  'deploy web': BRINGS,
  'deploy status': BRINGS,
  rollback: BRINGS,
  ...only('releases'),
  'audit checkpoint': ['audit.checkpoint.start', 'file.write.start'],
  'audit export': ['file.write.start'],
  'audit witness': ['file.write.start'],
  ...only('audit verify', 'audit tail', 'audit sanitize', 'audit prove'),
  ...only('build desktop'),
  'build gateway': ['build.start', 'program.run.start'],
  'build web': ['build.start', 'program.run.start'],
  'build all': ['build.start', 'program.run.start'],
  'maintenance on': ['maintenance.on.start'],
  'maintenance off': ['maintenance.off.start'],
  ...only('maintenance status'),
  health: ['health.alert.start', 'status.publish.start', 'file.write.start'],
  ...only('logs', 'monitor'),
  'health install': ['health.install.start'],
  'health uninstall': ['health.uninstall.start'],
  'keys rotate': ['keys.rotate.start', 'file.write.start'],
  'keys trust': ['keys.trust.start'],
  'discord setup': ['discord.channel.create.start', 'discord.webhook.create.start', 'file.write.start'],
  'discord test': ['discord.test.start'],
  ...only('discord status'),
}

/** Whatever may change the disk without a word to the log, and why. */
const WRITERS: Readonly<Record<string, string>> = {
  'src/files.ts': 'is what logged files are written with',
  'src/private-folder.ts': 'makes folders, no files',
  'src/signin/private-file.ts': 'is what logged files are written with',
  'src/signin/keys.ts': 'takes the access of others to keys.json away',
  'src/audit/journal-file.ts': 'is the log',
  'src/backup/destinations/directory.ts': 'lays backups, which is written down',
  'src/backup/scratch.ts': 'makes folders for as long as a command runs',
  'src/build/build.ts': 'lays what a build makes, which is written down',
  'src/build/node-binary.ts': 'lays what a build makes, which is written down',
  'src/build/packages.ts': 'lays what a build makes, which is written down',
  'src/build/stage.ts': 'lays what a build makes, which is written down',
  'src/log/log-file.ts': 'is the log of a process',
  'src/maintenance/file.ts': 'mirrors a setting that is written down',
  'src/client/node/file-lock.ts': 'makes locks',
  'src/db/attached/server.ts': 'makes the socket of the database',
  'src/db/open.ts': 'copies the database before a migration, which is written down',
  'src/db/pglite/cluster.ts': 'lays the database',
  'src/db/pglite/durable-fs.ts': 'is the database',
  'src/db/pglite/owner-lock.ts': 'makes locks',
  'src/db/pglite/untar.ts': 'lays the database',
  'src/db/template.ts': 'keeps a cache that the release alone decides',
  'src/checks/configuration.ts': 'is a repair of the doctor, which is written down',
  'src/checks/gateway.ts': 'is a repair of the doctor, which is written down',
  'src/release/image-store.ts': 'what a registry calls an image, in a folder that goes once it is read',
  'src/release/image.ts': 'a packed image on its way to a machine, in a folder that goes with the run',
  'src/shell/shared-connection.ts': 'makes the socket of a connection',
  'src/logs/line-file.ts': 'reads logs',
  'gateway/listen.ts': 'makes sockets',
}

/** Whoever asks for files without a word to the log. */
const PLAIN = [
  'src/files.ts',
  'src/audit/logged-files.ts',
  // The log’s own memory, and a setting that is written down by whoever makes it.
  'src/audit/checkpoints/seen.ts',
  'src/maintenance/file.ts',
]

const WRITING =
  /\b(?:writeFile|appendFile|createWriteStream|open|openSync|rename|renameSync|rm|rmSync|rmdir|unlink|unlinkSync|link|symlink|mkdir|mkdirSync|mkdtemp|chmod|chmodSync|chown|copyFile|cp|cpSync|truncate|utimes|writeFileSync|appendFileSync|copyFileSync|writeSync|ftruncate|fsyncSync)\b/

function only(...paths: string[]) {
  return Object.fromEntries(paths.map((path) => [path, [] as string[]]))
}

const sources = ['src', 'commands', 'gateway', 'bin'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(?:test|case)\.ts$/.test(name))
    .map((name) => {
      const path = join(folder, name)
      return { path, text: readFileSync(path, 'utf8') }
    }),
)

describe('the log', () => {
  it('is told by every command what it does', async () => {
    const said: Record<string, readonly string[]> = {}
    for (const [path, { load }] of Object.entries(table))
      if (load) said[path] = (await loadCommand(load)).acts ?? []
    expect(said).toEqual(ACTS)
  })

  it('has each of these acts explained in docs/audit.md', () => {
    const page = readFileSync('docs/audit.md', 'utf8')
    for (const kind of new Set(Object.values(ACTS).flat())) {
      expect(isIntent(kind)).toBe(true)
      expect(page, `${kind}, closed by ${closingKind(kind)}`).toContain(`\`${kind}\``)
    }
  })

  it('is passed by nobody who writes to the disk, but those who say why', () => {
    const writers = sources.filter(({ text }) =>
      [...text.matchAll(/import ([^;]*?) from 'node:fs(?:\/promises)?'/g)].some(
        ([, names = '']) => WRITING.test(names) || names.includes('*') || !names.includes('{'),
      ),
    )
    expect(writers.map(({ path }) => path).toSorted()).toEqual(Object.keys(WRITERS).toSorted())
    const plain = sources.filter(({ text }) => /\bplainFiles\b/.test(text)).map(({ path }) => path)
    expect(plain.toSorted()).toEqual(PLAIN.toSorted())
    const direct = sources.filter(({ text }) => /from '.*\/private-file\.ts'/.test(text))
    expect(direct.map(({ path }) => path)).toEqual(['src/files.ts'])
  })

  it('is told of programs too: one place starts them, and writes each down', () => {
    const starting = sources.filter(({ text }) => text.includes("'node:child_process'"))
    // Where the process ends, a connection is closed; nobody can be told any more.
    expect(starting.map(({ path }) => path)).toEqual(['src/programs.ts', 'src/shell/shared-connection.ts'])
    const plain = sources.filter(({ text }) => /\brunProgram\b/.test(text)).map(({ path }) => path)
    expect(plain).toEqual(['src/programs.ts'])
  })
})
