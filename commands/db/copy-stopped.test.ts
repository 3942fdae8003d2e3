import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { loadTemplate } from '../../src/db/template.ts'
import { startCommand } from '../../test/support/command-process.ts'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { manyRows, slowRows, untilRunning } from '../../test/support/slow-rows.ts'
import { standing } from '../../test/support/standing.ts'

/** Something only the databases know, to be found nowhere else. */
const PLAIN = 'plain-text-marker@example.com'

describe.skipIf(postgresUnavailable)(
  `whoever stops helix db copy${postgresUnavailable ? ` (${postgresUnavailable})` : ''}`,
  () => {
    const project = mkdtempSync(join(tmpdir(), 'helix-copy-stopped-'))
    const temporary = join(project, 'tmp')
    let database: Awaited<ReturnType<typeof createDatabase>>
    let target: Database
    let source: Record<string, string>
    beforeAll(async () => {
      mkdirSync(temporary)
      database = await createDatabase({ migrated: true })
      target = await openPostgres({ connectionString: database.url, max: 3 })
      writeFileSync(join(project, '.env.laptop'), 'HELIX_MODE=embedded\nHELIX_DATA_DIR=laptop\n', {
        mode: 0o600,
      })
      writeFileSync(join(project, '.env.server'), `DATABASE_URL=${database.url}\nHELIX_DATA_DIR=server\n`, {
        mode: 0o600,
      })
      writeFileSync(join(project, 'helix.config.ts'), 'export default {}\n')
      source = await onLaptop(async (db) => {
        await db.transaction('owner', (tx) =>
          tx.query('insert into auth.users (id, email) values (gen_random_uuid(), $1)', [PLAIN]),
        )
        await manyRows(db, 300)
        return standing(db)
      })
    })
    afterAll(async () => {
      await target?.close()
      await database?.drop()
      rmSync(project, { recursive: true, force: true })
    })

    async function onLaptop<T>(work: (db: Database) => Promise<T>): Promise<T> {
      const db = await openEmbedded({ dataDir: join(project, 'laptop'), template: await loadTemplate() })
      return work(db).finally(() => db.close())
    }

    const status = () =>
      startCommand(['db', 'status', '--env', 'server'], { cwd: project, environment: { HOME: project } })
        .ended

    /** Who but the owner may look into what an interrupted copy left. */
    const readers = (db: Database) =>
      db.transaction('owner', (tx) =>
        tx.query(
          `select rolname from pg_roles where rolname in ('anon', 'authenticated', 'helix_gateway')
             and has_schema_privilege(rolname, 'helix_copy', 'usage')`,
        ),
      )

    const copy = () =>
      startCommand(['db', 'copy', '--from', 'laptop', '--to', 'server'], {
        cwd: project,
        environment: { HOME: project, TMPDIR: temporary },
      })

    it('amid the rows hears that nobody finds anything, and goes on to the same counts and hashes', async () => {
      const before = await standing(target)
      const endSlowness = await slowRows(target)
      const stopped = copy()
      await untilRunning(target, 'insert into "public"."settings"')
      const { exit, stdout, stderr, ms } = await stopped.end('SIGINT')
      await endSlowness()
      expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' })
      expect(ms).toBeLessThan(6_000)
      expect(stderr).toContain('The copy was stopped: nobody finds anything of laptop in server')
      expect(stderr).toContain('To remove it: helix db copy --to server --discard.')
      expect(stderr).toContain('helix db copy --from laptop --to server')
      expect(await standing(target)).toEqual(before)
      const outside = readdirSync(project, { recursive: true, withFileTypes: true }).filter(
        (file) => file.isFile() && !file.parentPath.startsWith(join(project, 'laptop')),
      )
      const plain = outside.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(PLAIN))
      expect(plain).toEqual([])

      expect(await readers(target)).toEqual([])
      expect((await status()).stdout).toMatch(/was interrupted has [\d.]+ MB here/)
      const again = await copy().ended
      expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('the audit chain checked') })
      expect(again.stdout).toMatch(/MB of them an interrupted copy had brought before\./)
      expect((await status()).stdout).not.toContain('interrupted')
      expect(await standing(target)).toEqual(source)
      expect(await onLaptop(standing)).toEqual(source)
    })

    it('while it waits for whoever works in the target waits no longer', async () => {
      const other = await createDatabase({ migrated: true })
      writeFileSync(join(project, '.env.other'), `DATABASE_URL=${other.url}\nHELIX_DATA_DIR=other\n`, {
        mode: 0o600,
      })
      const held = await openPostgres({ connectionString: other.url, max: 3 })
      const release = Promise.withResolvers<void>()
      onTestFinished(() => release.resolve())
      const working = held.transaction('owner', async (tx) => {
        await tx.script('lock table public.conversations in row exclusive mode')
        await release.promise
      })
      const stopped = startCommand(['db', 'copy', '--from', 'laptop', '--to', 'other'], {
        cwd: project,
        environment: { HOME: project, TMPDIR: temporary },
      })
      await untilRunning(held, 'lock table auth.users', true)
      const { exit, stderr, ms } = await stopped.end('SIGTERM')
      release.resolve()
      await working
      expect(exit).toBe(143)
      expect(ms).toBeLessThan(6_000)
      expect(stderr).toContain('nobody finds anything of laptop in other')
      const discarded = await startCommand(['db', 'copy', '--to', 'other', '--discard'], {
        cwd: project,
        environment: { HOME: project },
      }).ended
      expect(discarded.stdout).toMatch(/MB that an interrupted copy had left in other are removed/)
      await held.close()
      await other.drop()
    })
  },
)
