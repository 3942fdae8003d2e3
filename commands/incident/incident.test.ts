import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PublicStatus } from '../../src/contract/status.ts'
import { startDiscord } from '../../test/discord/discord.ts'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { helix } from '../../test/support/host.ts'
import { postgresUnavailable } from '../../test/support/postgres.ts'

describe.skipIf(postgresUnavailable)(`helix incident ${postgresUnavailable ?? ''}`, () => {
  let gateway: TestGateway
  let environment: Record<string, string>
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    environment = { DATABASE_URL: gateway.databaseUrl }
  })
  afterAll(() => gateway?.close())

  const run = (...argv: string[]) => helix(['incident', ...argv], { environment })
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout).data

  it('opens, goes on with, resolves and lists one, which everyone sees', async () => {
    expect((await run('list')).stdout).toBe('No incidents.\n')
    const { id } = await json('open', 'Replies are slow', '--severity', 'minor', '-m', 'We look.')
    const seen = async () => {
      const answer = (await (await fetch(`${gateway.url}/api/status`)).json()) as PublicStatus
      return answer.incidents.find((one) => one.id === id)?.status
    }
    await expect.poll(seen, { timeout: 8_000 }).toBe('investigating')
    const noted = await run('note', id.slice(0, 8), '--status', 'monitoring', '-m', 'Mended; we watch it.')
    expect(noted.stdout).toContain('Replies are slow: monitoring')
    expect((await run('list', '--open')).stdout).toContain('Replies are slow')
    const resolved = await run('resolve', 'latest', '-m', 'All is well.')
    expect(resolved.stdout).toContain(`helix incident report ${id.slice(0, 8)}`)
    expect((await run('list', '--open')).stdout).toBe('No incidents.\n')
    expect((await run('report', id)).stdout).toMatch(/^# Replies are slow\n.*We look\..*All is well\./s)
    expect(await run('note', 'latest', '-m', 'x')).toMatchObject({ exit: 1 })
    expect(await run('open', 'No message')).toMatchObject({ exit: 2 })
  })

  it('posts its report to #helix-alerts, and says so on the chain', async () => {
    const discord = await startDiscord()
    const channel = discord.addChannel('helix-alerts')
    const webhook = discord.addWebhook(channel)
    const { id } = await json('open', 'A disk is full @everyone', '-m', `It is ${'very '.repeat(600)}full.`)
    const posted = await helix(['incident', 'report', id, '--post', '--json'], {
      environment: {
        ...environment,
        HELIX_DISCORD_API: discord.api,
        DISCORD_WEBHOOK_ALERTS: discord.addressOf(webhook),
      },
    })
    const { messageIds, markdown } = JSON.parse(posted.stdout).data
    const texts = discord.messages(channel.id).map(({ content }) => content)
    expect(texts).toHaveLength(messageIds.length)
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join('').replaceAll(/\s/g, '')).toBe(markdown.replaceAll(/\s/g, ''))
    expect(posted.stderr + posted.stdout).not.toContain(webhook.token)
    expect(discord.pings).toEqual([])
    await discord.close()
    expect(await run('report', id, '--post')).toMatchObject({ exit: 3 })
  })

  it('is not resolved while rows are lost, unless somebody says so', async () => {
    const { id } = await json('open', 'Rows went away', '-m', 'We look.')
    const owner = (sql: string) => gateway.db.transaction('owner', (tx) => tx.script(sql))
    const key = 'session_messages_conversation_fkey'
    await owner(`
      insert into auth.users (id, email) values ('00000000-0000-4000-8000-000000000009', 'lost@example.com');
      alter table public.session_messages drop constraint ${key};
      insert into public.session_messages (user_id, session_key, role, content)
        values ('00000000-0000-4000-8000-000000000009', 'gone', 'user', 'lost');
      alter table public.session_messages add constraint ${key} foreign key (user_id, session_key)
        references public.conversations (user_id, session_key) on delete cascade not valid`)
    const refused = await run('resolve', id, '-m', 'Over.')
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('belong to none of') })
    expect(refused.stderr).toMatch(/All of them: helix db check\n.*Add --yes to consent/s)
    expect((await run('list', '--open')).stdout).toContain('Rows went away')
    expect(await run('resolve', id, '-m', 'Over.', '--yes')).toMatchObject({ exit: 0 })
  })

  it('is on the chain of alerts before each step, by who typed it', async () => {
    const entries = await gateway.db.query<{ kind: string; actor: string; channel: string }>(
      `select kind, actor, channel from public.audit_entries where kind like 'incident.%' and kind not like 'incident.report.%' order by seq`,
    )
    expect(entries.map(({ kind }) => kind)).toEqual(
      ['open', 'update', 'resolve', 'open', 'open', 'resolve'].flatMap((what) => [
        `incident.${what}.start`,
        `incident.${what}.end`,
      ]),
    )
    expect(entries.every(({ actor, channel }) => actor.startsWith('cli:') && channel === 'alerts')).toBe(true)
  })
})
