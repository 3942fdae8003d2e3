import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sshdUnavailable, startSshd } from '../support/sshd.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/helix.ts', import.meta.url))

describe.skipIf(sshdUnavailable)(`backups on another machine (${sshdUnavailable ?? 'sshd'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'helix-backup-ssh-'))
  const there = join(folder, 'there', 'back ups')
  let sshd: Awaited<ReturnType<typeof startSshd>>
  let place: string
  beforeAll(async () => {
    sshd = await startSshd()
    place = `ssh://${sshd.host}:${sshd.port}${encodeURI(there)}`
    // ssh looks for keys in the home of the account, whatever HOME says.
    const access = `-F none -o IdentitiesOnly=yes -i ${sshd.identityFile} -o UserKnownHostsFile=${sshd.knownHostsFile}`
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${access} "$@"\n`, { mode: 0o755 })
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  function start(argv: readonly string[], dataDir = join(folder, 'data')) {
    const environment = {
      ...{ HOME: folder, HELIX_DATA_DIR: dataDir, HELIX_BACKUP_TO: place },
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    }
    const child = spawn(process.execPath, [LAUNCHER, ...argv], {
      ...{ cwd: folder, env: environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const said = Promise.all([ended, text(child.stdout), text(child.stderr)])
    return { child, said: said.then(([exit, stdout, stderr]) => ({ exit, stdout, stderr })) }
  }

  const helix = (...argv: string[]) => start(argv).said
  const answer = async (...argv: string[]) => JSON.parse((await helix(...argv, '--json')).stdout)

  it('are made, listed, verified and restored there, and readable by nobody else', async () => {
    expect((await helix('db', 'migrate')).exit).toBe(0)
    const made = await answer('backup', 'create')
    expect(made).toMatchObject({ ok: true, data: { to: place } })
    expect((await answer('backup', 'list')).data.backups).toMatchObject([{ id: made.data.id, damage: null }])
    for (const level of ['file', 'list', 'restore'])
      expect(await answer('backup', 'verify', '--level', level), level).toMatchObject({ ok: true })
    expect((await answer('backup', 'list')).data.backups[0].provedAt).toEqual(expect.any(String))
    expect(readdirSync(there)).toHaveLength(3)
    for (const file of readdirSync(there)) expect(statSync(join(there, file)).mode & 0o077, file).toBe(0)

    const given = ['restore', 'latest', '--identity', join(folder, 'data/backup-key.txt'), '--json']
    const restored = await start(given, join(folder, 'elsewhere')).said
    expect(JSON.parse(restored.stdout)).toMatchObject({ ok: true, data: { id: made.data.id, over: false } })
    expect(readFileSync(join(folder, 'elsewhere/audit-key.json'), 'utf8')).toBe(
      readFileSync(join(folder, 'data/audit-key.json'), 'utf8'),
    )
  })

  it('are none where the transfer was killed, and what it left goes with what is pruned', async () => {
    const before = (await answer('backup', 'list')).data.backups
    let killed = 0
    for (const ms of [0, 40, 120, 300]) {
      const { child, said } = start(['backup', 'create'])
      // Its last table is read: it is about to be sent, or on its way.
      let seen = ''
      child.stderr.on('data', (chunk) => {
        seen += String(chunk)
        if (seen.includes('Reading public.user_profiles')) setTimeout(() => child.kill('SIGKILL'), ms)
      })
      if ((await said).exit === null) killed += 1
    }
    expect(killed).toBeGreaterThan(0)
    const { backups } = (await answer('backup', 'list')).data
    expect(backups.every(({ damage }: { damage: unknown }) => damage === null)).toBe(true)
    expect(backups.length - before.length).toBe(4 - killed)
    const stale = '20200101T000000Z-abcdef.helix.age.part'
    writeFileSync(join(there, stale), 'cut short')
    const plan = await answer('backup', 'prune')
    expect(plan.data.leftovers).toEqual([stale])
    expect((await answer('backup', 'prune', `--confirm=${place}`)).ok).toBe(true)
    expect(readdirSync(there)).not.toContain(stale)
    expect((await answer('backup', 'verify', '--level', 'list')).ok).toBe(true)
  })
})
