import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuditHead } from '../../src/contract/admin/audit.ts'
import { signUpCreator } from '../../test/support/creator.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'

/** A log is signed a moment after its gateway came. */
async function firstCheckpoint(at: string, { request }: Visitor): Promise<void> {
  await vi.waitFor(
    async () => {
      const head = (await (await request('/api/admin/audit', { at })).json()) as AuditHead
      expect(head.checkpoint).not.toBeNull()
    },
    { timeout: 15_000, interval: 200 },
  )
}

describe('the log of a gateway elsewhere', () => {
  let gateway: TestGateway
  let creator: Visitor
  let cwd: string
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite' })
    creator = await signUpCreator(gateway)
    await firstCheckpoint(gateway.url, creator)
    cwd = await mkdtemp(join(tmpdir(), 'helix-elsewhere-'))
  })
  afterAll(async () => {
    await gateway.close()
    await rm(cwd, { recursive: true, force: true })
  })

  const run = (argv: string[], token = creator.token) =>
    helix(['audit', ...argv, '--url', gateway.url], {
      cwd,
      environment: { HELIX_TOKEN: token, HELIX_DATA_DIR: join(cwd, 'data'), HELIX_MODE: 'embedded' },
    })

  it('is verified entry by entry, with the signature it shows, and exported for anybody to check', async () => {
    const verified = await run(['verify', '--json'])
    expect(verified).toMatchObject({ exit: 0 })
    const [log] = JSON.parse(verified.stdout).data.logs
    expect(log).toMatchObject({ source: gateway.url, findings: [] })
    expect(log.entries).toBeGreaterThan(3)
    expect(log.signed.size).toBeGreaterThan(0)
    expect(await run(['export', '--file', 'log.jsonl'])).toMatchObject({ exit: 0 })
    const lines = (await readFile(join(cwd, 'log.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThanOrEqual(log.entries)
    const checked = await helix(['audit', 'verify', '--file', 'log.jsonl', '--grace', '1h'], { cwd })
    expect(checked).toMatchObject({ exit: 0 })
    const since = await run(['export', '--since', '2'])
    expect(JSON.parse(since.stdout.split('\n')[0] ?? '').seq).toBe(3)
  })

  it('is remembered by a witness, who sees that it only grew, and is held to what that one saw', async () => {
    expect(await run(['witness', 'seen.json'])).toMatchObject({ exit: 0 })
    await creator.request('/api/chat/message', { method: 'POST', body: { message: 'Hello' } })
    const again = await run(['witness', 'seen.json', '--json'])
    expect(again).toMatchObject({ exit: 0 })
    expect(JSON.parse(again.stdout).data.known).toHaveLength(1)
    expect(await run(['verify', '--against', 'witness', 'seen.json'])).toMatchObject({ exit: 0 })
    const other = await startTestGateway({ engine: 'pglite' })
    const stranger = await signUpCreator(other)
    await firstCheckpoint(other.url, stranger)
    const refused = await helix(['audit', 'witness', 'seen.json', '--url', other.url], {
      cwd,
      environment: { HELIX_TOKEN: stranger.token, HELIX_DATA_DIR: join(cwd, 'data'), HELIX_MODE: 'embedded' },
    })
    await other.close()
    expect(refused).toMatchObject({ exit: 1, stderr: expect.stringContaining('The witness refuses the log') })
  })

  it('is the creator’s alone to read', async () => {
    const { token } = await gateway.signUp()
    for (const verb of ['verify', 'export']) expect((await run([verb], token)).exit).toBe(10)
  })

  it('has a finding where an entry was changed on the way', async () => {
    const answers = async (input: string | URL | Request, init?: RequestInit) => {
      const answer = await fetch(input, init)
      if (!String(input).includes('/audit/entries')) return answer
      return new Response(
        (await answer.text()).replace('"kind":"gateway.started"', '"kind":"gateway.stopped"'),
      )
    }
    const { createHttp } = await import('../../src/client/http.ts')
    const { createRemoteLog } = await import('../../src/audit/remote-log.ts')
    const { verifyGateway } = await import('./verify-gateway.ts')
    const http = createHttp({ url: gateway.url, fetch: answers, token: async () => creator.token })
    const [log] = await verifyGateway(
      { url: gateway.url, ...createRemoteLog(http) },
      { graceMs: 60_000, witnessed: [], anchor: undefined },
    )
    expect(log?.findings[0]?.kind).toBe('edited')
  })
})
