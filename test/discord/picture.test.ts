import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { followInDiscord } from '../../gateway/discord.ts'
import { loadConfig } from '../../src/config/load.ts'
import { packageRoot } from '../../src/config/package.ts'
import { createMetrics } from '../../src/metrics/metrics.ts'
import { startTestGateway } from '../support/gateway.ts'
import { helix } from '../support/host.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { tempProject } from '../support/project.ts'
import { startDiscord } from './discord.ts'
import { blockIn, drawChannels, shapeOf, withBlock } from './picture.ts'

/** One entry that belongs in each channel. */
const WANTED = {
  commands: 'discord.channel.create.start',
  api: 'claude.request',
  heartbeat: 'gateway.heartbeat',
  'file-changes': '.env.local',
  consciousness: 'mode.changed',
  alerts: 'alert.raised',
  'hash-chain': 'Checkpoint',
}

/** With HELIX_WRITE_DOCS=1 the pages are brought up to what is here; else they are compared. */
function compare(page: string, name: string, text: string): void {
  const path = join(packageRoot(), 'docs', page)
  const before = readFileSync(path, 'utf8')
  if (process.env.HELIX_WRITE_DOCS) writeFileSync(path, withBlock(before, name, text))
  else expect(shapeOf(blockIn(before, name))).toBe(shapeOf(text))
}

describe.skipIf(postgresUnavailable)(`the operations room ${postgresUnavailable ?? ''}`, () => {
  it('looks as the docs show it, after a real run from the setup to a slow reply', async () => {
    const discord = await startDiscord()
    const gateway = await startTestGateway({
      engine: 'postgres',
      settings: { thresholds: { responseMs: 200 } },
    })
    const cwd = tempProject({ 'helix.config.mjs': 'export default {}' })
    const environment = {
      HELIX_DISCORD_API: discord.api,
      DISCORD_BOT_TOKEN: discord.bot.token,
      HELIX_DATA_DIR: join(cwd, 'data'),
      DATABASE_URL: gateway.databaseUrl,
    }
    onTestFinished(async () => {
      await gateway.close()
      await discord.close()
    })

    const setUp = ['discord', 'setup', '--guild', discord.guild.id, '--yes']
    const ran = [await helix(setUp, { cwd, environment }), await helix(setUp, { cwd, environment })]
    expect(ran.map(({ exit }) => exit)).toEqual([0, 0])
    const command = '$ helix discord setup --guild 1234567890123456789 --yes'
    const said = ran.map(({ stdout }) => `${command}\n${stdout.trim().replaceAll(cwd, '/srv/helix')}`)
    compare('discord.md', 'setup twice', said.join('\n\n'))

    const visitor = await gateway.signUp()
    const say = (message: string) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message } })
    expect((await say('hello [[wait:400]]')).status).toBe(200)
    const config = await loadConfig({ cwd, environment, flags: {} })
    const { audit, alerts, log, instance } = gateway.running.services
    await expect
      .poll(async () => (await gateway.db.query('select from public.audit_checkpoints')).length, {
        timeout: 20_000,
      })
      .toBe(1)
    // Another lease than the gateway's, whose configuration is from before the setup.
    await gateway.db.query("delete from public.leases where name = 'discord.outbox'")
    const following = followInDiscord({
      ...{ config, readConfig: async () => config, db: gateway.db, audit, alerts, log, instance: 'sender' },
      ...{ metrics: createMetrics({ release: '0.1.0', mode: 'postgres', exposed: false }).discord },
      ...{ release: '0.1.0', sole: true, openStreams: () => 0, heartbeatMs: 5_000, onError: () => {} },
    })
    onTestFinished(() => following.stop())
    expect(instance).toBeTruthy()
    const picture = () => drawChannels(discord, WANTED)
    const complete = (text: string) =>
      Object.keys(WANTED).every((channel) => text.includes(`#helix-${channel} `))
    await expect.poll(() => complete(picture()), { timeout: 40_000, interval: 500 }).toBe(true)
    compare('audit.md', 'picture', picture())
    expect(discord.pings).toEqual([])
    expect(discord.counters.rateLimited).toEqual({ webhook: 0, channel: 0, global: 0, route: 0 })
  }, 120_000)
})
