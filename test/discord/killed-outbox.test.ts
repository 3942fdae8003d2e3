import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { appendEntries, auditHead, readHead } from '../../src/audit/append.ts'
import { exportLines } from '../../src/audit/export.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'
import { startDiscord } from './discord.ts'

const PROCESS = fileURLToPath(new URL('./outbox-process.ts', import.meta.url))
const KILLS = 6

describe.skipIf(postgresUnavailable)(
  `kill -9 of the process that sends (${postgresUnavailable ?? 'found'})`,
  () => {
    it('loses nothing, sends nothing out of order, and nothing twice that a bot can look up', async () => {
      const { url, drop } = await createDatabase({ migrated: true })
      const db = await openPostgres({ connectionString: url })
      const discord = await startDiscord({
        limits: { webhook: { requests: 500, ms: 1_000 }, channel: { requests: 5_000, ms: 1_000 } },
      })
      onTestFinished(async () => {
        await discord.close()
        await db.close()
        await drop()
      })
      const channel = discord.addChannel('helix-api')
      const { id, token } = discord.addWebhook(channel)
      const webhook = `${discord.api}/webhooks/${id}/${token}`
      // Long enough on its way that a kill meets a post which Discord then stores.
      discord.fail({ kind: 'slow', ms: 60 }, { when: ({ method }) => method === 'POST' })
      const start = (name: string) =>
        spawn(process.execPath, [PROCESS, url, webhook, discord.bot.token, name], {
          stdio: ['ignore', 'ignore', 'inherit'],
        })
      const { log } = await readHead(db)
      const note = { channel: 'api', kind: 'test.noted', actor: 'cli:test', data: {} } as const
      let appending = true
      const appended = (async () => {
        while (appending) {
          await appendEntries(db, [auditHead(log, note, new Date())])
          await sleep(10)
        }
      })()
      const files = () => discord.messages(channel.id).flatMap(({ attachments }) => attachments)
      let unnoted = 0
      for (let kill = 0; kill < KILLS; kill += 1) {
        const child = start(`process-${kill}`)
        const before = files().length
        await expect.poll(() => files().length, { timeout: 15_000 }).toBeGreaterThan(before + 1)
        await sleep(30 * kill)
        child.kill('SIGKILL')
        await once(child, 'exit')
        await sleep(150)
        const [noted] = await db.query<{ count: number }>(
          'select count(*)::int as count from public.discord_outbox',
        )
        unnoted = Math.max(unnoted, files().length - (noted?.count ?? 0))
      }
      appending = false
      await appended
      const last = start('last')
      onTestFinished(() => void last.kill('SIGKILL'))
      let all = ''
      for await (const line of exportLines(db)) all += line
      await expect
        .poll(
          () =>
            files()
              .map(({ bytes }) => bytes.toString())
              .join(''),
          { timeout: 15_000 },
        )
        .toBe(all)
      // Without a post that nobody had noted, nothing was tried here.
      expect(unnoted).toBeGreaterThan(0)
    })
  },
)
