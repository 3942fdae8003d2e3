import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { startCommand } from '../../test/support/command-process.ts'
import { holdingRelay } from '../../test/support/holding-relay.ts'
import { helix } from '../../test/support/host.ts'
import { createDatabase, postgresUnavailable } from '../../test/support/postgres.ts'
import { S3_KEY, startS3Server } from '../../test/support/s3-server.ts'
import { manyRows, slowRows, untilRunning } from '../../test/support/slow-rows.ts'
import { standing } from '../../test/support/standing.ts'

/** Why a server here does not notice that a process is gone while it works. */
const unnoticed = process.platform === 'linux' ? '' : ' (only on Linux)'
/** How long may pass between Ctrl-C and the end. */
const SOON_MS = 6_000
/** Something only the database knows, to be found nowhere else. */
const PLAIN = 'plain-text-marker@example.com'

describe.skipIf(postgresUnavailable)(
  `whoever stops a restore or a verification${postgresUnavailable ? ` (${postgresUnavailable})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'helix-stopped-'))
    const dataDir = join(folder, 'data')
    const temporary = join(folder, 'tmp')
    let database: Awaited<ReturnType<typeof createDatabase>>
    let db: Database
    let environment: Record<string, string>
    let name: string
    let backup: string

    beforeAll(async () => {
      mkdirSync(temporary)
      database = await createDatabase({ migrated: true })
      name = new URL(database.url).pathname.slice(1)
      db = await openPostgres({ connectionString: database.url, max: 3 })
      await db.transaction('owner', (tx) =>
        tx.query('insert into auth.users (id, email) values (gen_random_uuid(), $1)', [PLAIN]),
      )
      await manyRows(db, 400)
      environment = { DATABASE_URL: database.url, HELIX_DATA_DIR: dataDir, HOME: folder, TMPDIR: temporary }
      const { exit, stdout } = await helix(['backup', 'create', '--json'], { environment })
      expect(exit).toBe(0)
      backup = JSON.parse(stdout).data.id
      await db.transaction('owner', (tx) => tx.script(`update public.settings set value = '"changed since"'`))
    })
    afterAll(async () => {
      await db?.close()
      await database?.drop()
      rmSync(folder, { recursive: true, force: true })
    })

    const at = (more: Record<string, string>) => ({ cwd: folder, environment: { ...environment, ...more } })
    const start = (...argv: string[]) => startCommand(argv, at({}))

    /** Every file beneath the folder, by its name. */
    function files(): string[] {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => !path.includes('node-compile-cache') && statSync(join(folder, path)).isFile())
        .toSorted()
    }

    function assertNoPlainText(): void {
      const plain = files().filter((path) => readFileSync(join(folder, path)).includes(PLAIN))
      expect(plain).toEqual([])
      const left = readdirSync(dataDir).filter((path) => /^(drill|backup-spool)-/.test(path))
      expect(left).toEqual([])
      expect(readdirSync(temporary).filter((path) => path !== 'node-compile-cache')).toEqual([])
    }

    /** A bucket with the backup in it, on the other side of a network that can stand still. */
    async function farAway() {
      const s3 = await startS3Server('far')
      const relay = await holdingRelay(Number(new URL(s3.endpoint).port))
      onTestFinished(async () => {
        await relay.close()
        await s3.close()
      })
      const place = join(dataDir, 'backups')
      for (const file of readdirSync(place).filter((each) => each.startsWith(backup)))
        s3.files.set(file, readFileSync(join(place, file)))
      const variables = {
        S3_ENDPOINT: `http://127.0.0.1:${relay.port}`,
        S3_REGION: S3_KEY.region,
        S3_ACCESS_KEY_ID: S3_KEY.accessKeyId,
        S3_SECRET_ACCESS_KEY: S3_KEY.secretAccessKey,
      }
      return { relay, place: at(variables) }
    }

    it('amid the rows has the database as it was, hears so, and can begin again', async () => {
      const before = await standing(db)
      const endSlowness = await slowRows(db)
      const restore = start('restore', backup, `--confirm=${name}`)
      await untilRunning(db, 'copy "public"."settings"')
      const { exit, stdout, stderr, ms } = await restore.end('SIGINT')
      await endSlowness()
      expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' })
      expect(ms).toBeLessThan(SOON_MS)
      const safety = /backed up as (\S+)/.exec(stderr)?.[1]
      expect(stderr).toContain(`The restore was stopped: nothing of ${backup} is in ${name}`)
      expect(stderr).toContain(`What was there is there still, and in the backup ${safety}, too.`)
      expect(stderr).toContain(`helix restore ${backup}`)
      expect(await standing(db)).toEqual(before)
      assertNoPlainText()

      const again = await start('restore', backup, `--confirm=${name}`).ended
      expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('is as it was on') })
      expect((await standing(db)).settings).not.toBe(before.settings)
      expect((await start('audit', 'verify').ended).exit).toBe(0)
    })

    /** Somebody who works with a table until told to let go, in the way of whoever would empty it. */
    async function atWork() {
      const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const work = db.transaction('owner', async (tx) => {
        await tx.script('lock table public.settings in access share mode')
        begun.resolve()
        await release.promise
      })
      onTestFinished(() => release.resolve())
      await begun.promise
      return async () => {
        release.resolve()
        await work
      }
    }

    it('while it waits for a lock waits no longer, on SIGTERM too', async () => {
      const before = await standing(db)
      const letGo = await atWork()
      const restore = start('restore', backup, '--no-safety-backup', `--confirm=${name}`, '--json')
      await untilRunning(db, 'truncate ', true)
      const { exit, stdout, ms } = await restore.end('SIGTERM')
      expect(exit).toBe(143)
      expect(JSON.parse(stdout)).toMatchObject({
        ...{ ok: false, code: 'stopped' },
        hint: expect.stringContaining('What was there is there still.'),
        next: [`helix restore ${backup}`],
      })
      expect(ms).toBeLessThan(SOON_MS)
      // Whoever comes next is not held up by a restore that nobody waits for.
      await db.query('select from public.settings limit 1')
      await letGo()
      expect(await standing(db)).toEqual(before)
    })

    it.skipIf(unnoticed)(
      `by kill -9 while it waits for a lock holds nobody up for long${unnoticed}`,
      async () => {
        const letGo = await atWork()
        const restore = start('restore', backup, '--no-safety-backup', `--confirm=${name}`)
        await untilRunning(db, 'truncate ', true)
        restore.child.kill('SIGKILL')
        await restore.ended
        await db.query('select from public.settings limit 1')
        await letGo()
      },
    )

    it.each(['file', 'list'])(
      'while the backup comes from a network that stands still, at --level %s',
      async (level) => {
        const { relay, place } = await farAway()
        const still = relay.holdAfter(300_000)
        const verify = startCommand(
          ['backup', 'verify', backup, '--from', 's3://far', '--level', level],
          place,
        )
        await still
        const { exit, stdout, stderr, ms } = await verify.end('SIGINT')
        expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' })
        expect(ms).toBeLessThan(SOON_MS)
        expect(stderr).toContain(`The check was stopped: whether ${backup} is whole is not known`)
        expect(stderr).toContain(`→ helix backup verify ${backup} --level ${level}`)
        assertNoPlainText()
      },
    )

    it('while a backup goes over a network that stands still hears that some of it may be left there', async () => {
      const { relay, place } = await farAway()
      const still = relay.holdAfter(1)
      const create = startCommand(['backup', 'create', '--to', 's3://far'], place)
      await still
      const { exit, stdout, stderr, ms } = await create.end('SIGINT')
      expect({ exit, stdout }).toEqual({ exit: 130, stdout: '' })
      expect(ms).toBeLessThan(SOON_MS)
      expect(stderr).toContain('The backup was stopped: none was made')
      expect(stderr).toContain('may be left there until helix backup prune removes it')
      expect(stderr).not.toContain('Nothing of it is left')
      assertNoPlainText()
    })

    it('a second time does not wait for what a first has it wait for, and nothing is left either', async () => {
      const { relay, place } = await farAway()
      const still = relay.holdAfter(300_000)
      const before = await standing(db)
      const restore = startCommand(
        ['restore', backup, '--from', 's3://far', '--no-safety-backup', `--confirm=${name}`],
        place,
      )
      await still
      await untilNothingMore(
        join(dataDir, readdirSync(dataDir).find((each) => each.startsWith('backup-spool')) ?? ''),
      )
      restore.child.kill('SIGINT')
      await sleep(700)
      expect(restore.child.exitCode).toBeNull()
      const { exit, ms } = await restore.end('SIGINT')
      expect(exit).toBe(130)
      expect(ms).toBeLessThan(1_000)
      assertNoPlainText()
      expect(await standing(db)).toEqual(before)
    })

    it('amid a drill into an embedded database leaves nothing of that', async () => {
      const before = files()
      const verify = start('backup', 'verify', backup, '--level', 'restore')
      await verify.said('Restoring auth.users')
      const { exit, stderr, ms } = await verify.end('SIGINT')
      expect(exit).toBe(130)
      expect(ms).toBeLessThan(SOON_MS)
      expect(stderr).toContain('Nothing of what was restored is kept')
      assertNoPlainText()
      expect(files()).toEqual(before)
    })
  },
)

/** Resolves once nothing has been added to the files of a folder for a while. */
async function untilNothingMore(folder: string): Promise<void> {
  const size = () => readdirSync(folder).reduce((sum, each) => sum + statSync(join(folder, each)).size, 0)
  for (let before = -1; before !== size() || before === 0; ) {
    before = size()
    await sleep(300)
  }
}
