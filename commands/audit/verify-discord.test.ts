import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHANNELS } from '../../src/audit/entry.ts'
import { openDatabase } from '../../src/db/open.ts'
import { type PostedLog, postedLog } from '../../src/discord/verify/posted-log.case.ts'
import { helix } from '../../test/support/host.ts'

let cwd: string
let log: PostedLog
let token: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'helix-verify-discord-'))
  const db = await openDatabase({ mode: 'embedded', dataDir: join(cwd, 'data') })
  log = await postedLog(db)
  await log.append(CHANNELS)
  await log.sign()
  await log.send()
  await db.close()
  const reader = { permissions: (1n << 10n) | (1n << 16n), name: 'helix-reader' }
  token = log.discord.addBot(log.discord.guild, reader).token
}, 120_000)
afterAll(async () => {
  await log?.close()
  await rm(cwd, { recursive: true, force: true })
})

async function verify(more: string[] = [], environment: Record<string, string> = {}) {
  const given = {
    HELIX_DATA_DIR: join(cwd, 'data'),
    HELIX_MODE: 'embedded',
    HELIX_DISCORD_API: log.discord.api,
  }
  const argv = ['audit', 'verify', '--against', 'discord', ...more]
  return helix(argv, { cwd, environment: { ...given, DISCORD_BOT_TOKEN: token, ...environment } })
}

it('ends with 0 where the database and Discord say the same, and says how it goes on stderr', async () => {
  const { exit, stdout, stderr } = await verify()
  expect({ exit, stdout }).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Discord: 8 entries in order'),
  })
  expect(stdout).toContain('checkpoints compared: 1')
  expect(stderr).toContain('Reading #helix-commands')
})

it('ends with 1 and names the first bad entry and its kind, also for programs', async () => {
  const gone = log.roomOf('file-changes').messages.splice(0, 1)
  const { exit, stdout } = await verify(['--json'])
  log.roomOf('file-changes').messages.unshift(...gone)
  const [entry] = gone[0]?.attachments.map(({ bytes }) => JSON.parse(bytes.toString())) ?? []
  expect(exit).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'findings',
    details: { kind: 'truncated', seq: entry.seq },
    data: { logs: [{ source: 'The database', findings: [] }, { source: 'Discord' }] },
  })
})

it('ends with 3 and says what is missing without a bot, its intent or its rights, and with 10 for a wrong token', async () => {
  const { discord } = log
  const bot = (wanted: Parameters<typeof discord.addBot>[1]) => discord.addBot(discord.guild, wanted).token
  const cases: [string, number, string][] = [
    ['', 3, 'DISCORD_BOT_TOKEN is not set'],
    [bot({ permissions: (1n << 10n) | (1n << 16n), messageContent: false }), 3, 'Message Content Intent'],
    [bot({ permissions: 1n << 10n }), 3, 'READ_MESSAGE_HISTORY'],
    ['wrong', 10, 'does not know the token'],
  ]
  for (const [given, exit, said] of cases) {
    const ran = await verify([], { DISCORD_BOT_TOKEN: given })
    expect(ran).toMatchObject({ exit, stderr: expect.stringContaining(said) })
  }
})

it('is not for files, and says so', async () => {
  expect(await verify(['--file', 'log.jsonl'])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--file'),
  })
})
