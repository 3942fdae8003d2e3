import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../src/db/embedded.ts'
import { HELIX_FROM_SOURCE, startUp } from '../kill/gateway-process.ts'
import { mountDisk } from '../support/small-disk.ts'

const SIZE_MB = 130
const CONFIG = 'export default { storage: { leastFreeMb: 25 } }\n'

/** Writes until there is no room for a byte more. */
function fill(path: string): void {
  const chunk = Buffer.alloc(1_000_000)
  try {
    for (;;) writeFileSync(path, chunk, { flag: 'a' })
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  }
}

async function signUp(url: string): Promise<string> {
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'ana@example.com', password: 'correct horse battery' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

async function alertsIn(dataDir: string): Promise<string[]> {
  const db = await openEmbedded({ dataDir })
  const rows = await db.query<{ kind: string }>(
    `select kind from public.audit_entries where data ->> 'alert' = 'storage_full' order by seq`,
  )
  await db.close()
  return rows.map(({ kind }) => kind)
}

const disk = mountDisk(SIZE_MB * 1_024)
const unavailable = disk ? null : 'only root can make a small disk'

describe.skipIf(unavailable)(unavailable ?? 'a disk that fills', () => {
  afterAll(() => disk?.remove())

  it('takes nothing new, shows what is there, tells the operator, and goes on once there is room', async () => {
    const { folder = '' } = disk ?? {}
    const home = join(folder, 'helix')
    mkdirSync(home)
    writeFileSync(join(home, 'helix.config.ts'), CONFIG)
    const gateway = await startUp(home, { HELIX_SIMULATE: '1' }, HELIX_FROM_SOURCE)
    const { url } = gateway.ready
    const headers = { authorization: `Bearer ${await signUp(url)}`, 'content-type': 'application/json' }
    const send = (message: string) =>
      fetch(`${url}/api/chat/message`, { method: 'POST', headers, body: JSON.stringify({ message }) })
    const health = async () => (await fetch(`${url}/health`)).json()
    expect((await send('before')).status).toBe(200)

    const filler = join(folder, 'filler')
    fill(filler)
    await expect
      .poll(health, { timeout: 10_000 })
      .toMatchObject({ status: 'degraded', checks: { storage: 'degraded', database: 'ok' } })
    const refused = await send('while it is full')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('15')
    expect(await refused.json()).toMatchObject({ code: 'storage_full' })
    const read = await fetch(`${url}/api/conversations`, { headers })
    expect(read.status).toBe(200)
    expect((await read.json()).conversations).toHaveLength(1)

    rmSync(filler)
    await expect.poll(health, { timeout: 10_000 }).toMatchObject({ status: 'ok' })
    expect((await send('after')).status).toBe(200)
    expect(await gateway.stop()).toBe(143)
    expect(await alertsIn(home)).toEqual(['alert.raised', 'alert.recovered'])
  }, 60_000)
})
