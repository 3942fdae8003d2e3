import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAttached } from './attached/client.ts'
import { type AttachedServer, serveAttached } from './attached/server.ts'
import { socketPathFor } from './attached/socket-path.ts'
import { databaseSuite, SUITE_SCHEMA } from './database.case.ts'
import { type EmbeddedDatabase, openEmbedded } from './embedded.ts'

const run = promisify(execFile)
const LEASE_MS = 300

const folder = mkdtempSync(join(tmpdir(), 'helix-attached-'))
const socketPath = join(folder, 'db.sock')
let owner: EmbeddedDatabase
let server: AttachedServer

beforeAll(async () => {
  owner = await openEmbedded({ dataDir: 'memory://', leaseMs: LEASE_MS })
  await owner.transaction('owner', (tx) => tx.script(SUITE_SCHEMA))
  await owner.enterGatewayRole()
  server = await serveAttached(owner, socketPath)
})
afterAll(async () => {
  await server.close()
  await owner.close()
  rmSync(folder, { recursive: true, force: true })
})

databaseSuite('An attached database', async () => {
  const db = await openAttached(socketPath)
  const other = await openAttached(socketPath)
  return {
    db,
    other,
    leaseMs: LEASE_MS,
    stop: async () => {
      await db.close()
      await other.close()
    },
  }
})

describe('The owner of an attached database', () => {
  it('serves at a socket that only its user may open', () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
  })

  it('rolls back and frees at once what a killed client held', async () => {
    const script = `
      import { openAttached } from ${JSON.stringify(new URL('./attached/client.ts', import.meta.url).href)}
      const db = await openAttached(${JSON.stringify(socketPath)})
      await db.lock('held by the dead', () => db.transaction('gateway', async (tx) => {
        await tx.query("insert into note (owner, body) values ('dead', 'x')")
        process.kill(process.pid, 'SIGKILL')
        await new Promise(() => {})
      }))`
    await expect(run('node', ['--input-type=module', '-e', script])).rejects.toMatchObject({
      signal: 'SIGKILL',
    })
    const freed = owner.lock('held by the dead', () => owner.query(`select from note where owner = 'dead'`), {
      waitMs: LEASE_MS / 2,
    })
    expect(await freed).toEqual([])
  })

  it('that went away is said so, in waiting calls and in new ones', async () => {
    const path = join(folder, 'short.sock')
    const shortLived = await serveAttached(owner, path)
    const db = await openAttached(path)
    const waiting = db.transaction('gateway', async (tx) => {
      await shortLived.close()
      await tx.query('select 1')
    })
    await expect(waiting).rejects.toMatchObject({ code: 'database_unreachable' })
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'database_unreachable' })
    await expect(openAttached(path)).rejects.toMatchObject({ code: 'database_unreachable' })
    await db.close()
  })

  it('has a short address, its own for each data directory and kind', () => {
    const long = socketPathFor(`/${'deep/'.repeat(60)}data`, 'database')
    expect(Buffer.byteLength(long)).toBeLessThan(107)
    expect(long).not.toBe(socketPathFor('/data', 'database'))
    expect(socketPathFor('/data', 'gateway')).not.toBe(socketPathFor('/data', 'database'))
  })
})
