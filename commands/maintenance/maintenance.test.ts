import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type Visitor } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'

const NOBODY = 'http://127.0.0.1:9'

describe.skipIf(postgresUnavailable)(postgresUnavailable ?? 'helix maintenance', () => {
  let gateway: TestGateway
  let creator: Visitor
  let home: string
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    creator = await gateway.signUp()
    gateway.running.services.people.setCreator(creator.userId)
    home = await mkdtemp(join(tmpdir(), 'helix-operator-'))
  })
  afterAll(async () => {
    await gateway.close()
    await rm(home, { recursive: true, force: true })
  })
  afterEach(async () => {
    await maintenance(['off', '--host', gateway.url])
  })

  /** As an operator does who has the database, but not the gateway's machine. */
  const maintenance = (argv: string[], environment: Record<string, string> = {}) =>
    helix(['maintenance', ...argv], {
      cwd: home,
      environment: { DATABASE_URL: gateway.databaseUrl, HELIX_DATA_DIR: join(home, 'data'), ...environment },
    })
  const json = async (argv: string[], environment?: Record<string, string>) =>
    JSON.parse((await maintenance([...argv, '--json'], environment)).stdout)
  const isHeld = async () => (await fetch(`${gateway.url}/docs`)).status === 503

  it('begins and ends it by the database, and asks the gateway whether it has it', async () => {
    const on = await maintenance(['on', '-m', 'A larger database', '--until', '30m', '--host', gateway.url])
    expect([on.exit, on.stderr]).toEqual([0, ''])
    expect(on.stdout).toMatch(/Maintenance since .*\n {2}Message {2}A larger database\n {2}Until {4}\d{4}-/)
    expect(on.stdout).toContain(`${gateway.url}: maintenance (`)
    expect(on.stdout).toContain('To end it: helix maintenance off')
    expect(await isHeld()).toBe(true)
    const [, link = ''] = /Bypass {3}(\S+)/.exec(on.stdout) ?? []
    const followed = await fetch(link, { redirect: 'manual' })
    expect(followed.headers.get('set-cookie')).toContain('helix_bypass=hxm_')

    const status = await json(['status', '--host', gateway.url])
    expect(status).toMatchObject({
      ok: true,
      data: {
        where: 'database',
        active: true,
        message: 'A larger database',
        hosts: [{ host: gateway.url, reached: true, status: 'maintenance' }],
      },
    })
    expect(JSON.stringify(status)).not.toContain('"key"')
    const off = await json(['off', '--host', gateway.url])
    expect(off.data).toMatchObject({ active: false, changed: true, hosts: [{ reached: true }] })
    expect(await isHeld()).toBe(false)
    expect((await json(['off', '--host', gateway.url])).data).toMatchObject({ changed: false })
  })

  it('asks the hosts of the configuration, and names those that have not changed', async () => {
    const on = await maintenance(['on', '--host', gateway.url, NOBODY, '--wait', '0.3'])
    expect(on.exit).toBe(1)
    expect(on.stdout).toContain(`✔ ${gateway.url}`)
    expect(on.stdout).toContain(`✖ ${NOBODY}: No gateway answers`)
    expect(on.stderr).toContain(`Not changed, or not to be asked: ${NOBODY}`)
    const failed = await json(['status', '--host', NOBODY, '--wait', '0'])
    expect(failed).toMatchObject({
      ok: false,
      code: 'maintenance_unverified',
      details: { hosts: [NOBODY] },
      data: { active: true },
    })
  })

  it('asks a gateway as its creator where --url names it', async () => {
    const asCreator = { HELIX_TOKEN: creator.token }
    const on = await json(['on', '--url', gateway.url, '--read-only'], asCreator)
    expect(on.data).toMatchObject({ where: 'gateway', readOnly: true, hosts: [{ reached: true }] })
    expect(await isHeld()).toBe(false)
    expect((await json(['off', '--url', gateway.url], asCreator)).data).toMatchObject({ changed: true })
    const other = await gateway.signUp()
    const refused = await maintenance(['on', '--url', gateway.url], { HELIX_TOKEN: other.token })
    expect(refused.exit).toBe(10)
  })

  it('works by a file where there is no database, in the journal', async () => {
    const data = join(home, 'apart')
    const environment = { DATABASE_URL: 'postgres://helix:x@127.0.0.1:9/helix', HELIX_DATA_DIR: data }
    const on = await maintenance(['on', '--message', 'Restoring'], environment)
    expect(on.exit).toBe(0)
    expect(on.stderr).toContain('so it is done by file')
    expect(on.stdout).toContain('No gateway was asked')
    expect(JSON.parse(await readFile(join(data, 'maintenance.json'), 'utf8'))).toMatchObject({ active: true })
    expect(await readFile(join(data, 'journal.jsonl'), 'utf8')).toContain('maintenance.on.start')
    expect((await json(['status', '--file'], environment)).data).toMatchObject({
      where: 'file',
      active: true,
    })
    expect((await json(['off', '--file'], environment)).data).toMatchObject({ active: false, changed: true })
  })

  it('takes the file of a gateway on this machine', async () => {
    const file = join(gateway.dataDir, 'maintenance.json')
    expect((await maintenance(['on', '--file', file, '--host', gateway.url])).exit).toBe(0)
    expect(await isHeld()).toBe(true)
    expect((await maintenance(['off', '--file', file, '--host', gateway.url])).exit).toBe(0)
    expect(await isHeld()).toBe(false)
  })

  it('says what is wrong with what was typed', async () => {
    for (const argv of [
      ['on', '--until', 'soon'],
      ['on', '--allow', '10.0.0.0/99'],
      ['on', '--host', 'ftp://x'],
      ['on', '--message', ''],
    ]) {
      const refused = await maintenance(argv)
      expect([argv.join(' '), refused.exit]).toEqual([argv.join(' '), 2])
    }
    expect(await isHeld()).toBe(false)
  })
})
