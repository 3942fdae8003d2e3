import { randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { createJournal } from '../../src/audit/journal.ts'
import { Secret } from '../../src/config/secret.ts'
import { packed } from '../../src/release/cargo.ts'
import { hostJournal } from '../../src/release/journal.ts'
import { acquireLock } from '../../src/release/lock.ts'
import { runSteps } from '../../src/release/run.ts'
import { nginxSite } from '../../src/release/vps/nginx.ts'
import * as scripts from '../../src/release/vps/scripts.ts'
import { vpsSteps } from '../../src/release/vps/steps.ts'
import { systemd } from '../../src/release/vps/systemd.ts'
import { runOn } from '../../src/shell/host.ts'
import { sshHost } from '../../src/shell/ssh.ts'
import { createDatabase } from '../support/postgres.ts'
import { relay } from '../support/relay.ts'
import { bootVps } from '../support/vps.ts'
import { startStubClaude } from '../upstream/stub.ts'
import type { Archive } from './archive.ts'
import { happenedOn } from './happened.ts'

const METRICS_TOKEN = randomUUID()
/** Traffic of a test is no abuse. */
const LIMITS = {
  reads: 1_000_000,
  writes: 1_000_000,
  strangers: 1_000_000,
  turnsPerMinute: 10_000,
  turnBurst: 10_000,
  connections: 1_000,
}
const CONFIG = `export default ${JSON.stringify({ limits: LIMITS })}\n`
const PASSWORD = 'correct horse battery'

/** A machine with nginx before the place of a gateway, a database and a stand-in for Claude it can reach. */
export async function startMachine(options?: Parameters<typeof bootVps>[0]) {
  const vps = await bootVps(options)
  const [claude, database] = await Promise.all([
    startStubClaude({ defaults: { words: 40, paceMs: 40 } }),
    createDatabase({ migrated: true }),
  ])
  const relays = [await relay(vps.home, claude.url), await relay(vps.home, database.url)] as const
  vps.asRoot('loginctl enable-linger deploy')
  const host = await sshHost(vps.destination)
  const folder = await runOn(host, 'make the folder', scripts.makeFolder('helix'))
  const site = nginxSite({ folder, names: [vps.address] })
  vps.asRoot(`set -e
chmod 711 /home/deploy ${folder}; chgrp www-data ${folder}/run; chmod 2750 ${folder}/run
rm -f /etc/nginx/sites-enabled/*
cat > /etc/nginx/sites-enabled/helix <<'SITE'
${site}
SITE
nginx -t -q && systemctl restart nginx`)
  /** The settings a release needs here. */
  const env = [
    `DATABASE_URL="${relays[1].url}"`,
    'CLAUDE_API_KEY=sk-ant-test-key',
    `ANTHROPIC_BASE_URL=${relays[0].url}`,
    'PORT=3000',
    '',
  ].join('\n')

  let live: string | null = null
  let count = 0

  async function deploy(
    archive: Archive,
    { settings = '', watchMs = 3_000, bootMs = 20_000 } = {},
  ): Promise<string> {
    count += 1
    const release = `20261125T19${String(count).padStart(2, '0')}00Z-abcdef0`
    const lock = await acquireLock(host, folder, { owner: 'ana@laptop', reason: 'a test', release })
    const steps = vpsSteps({
      release,
      previous: live,
      places: [{ host, folder, lock, runner: systemd }],
      publicName: undefined,
      archive: packed(archive),
      settings: {
        env: new Secret(`${env}HELIX_METRICS_TOKEN=${METRICS_TOKEN}
${settings}
`),
        config: CONFIG,
      },
      bootMs,
      watchMs,
      drainMs: 20_000,
      keep: 1,
      signal: lock.signal,
      note: () => {},
    })
    const journal = hostJournal(host, folder)
    const header = { target: 'gateway', release, previous: live, by: 'ana@laptop', token: lock.token }
    await journal.append({ ...header, at: new Date().toISOString(), step: 'plan', event: 'begin' })
    try {
      await runSteps({
        ...header,
        steps: [steps.env, steps.upload, steps.boot, steps.probe, steps.switch, steps.watch, steps.prune],
        journal,
        audit: createJournal(join(mkdtempSync(join(tmpdir(), 'helix-deploy-')), 'journal.jsonl')),
        actor: 'cli:ana',
        signal: lock.signal,
        onStep: () => {},
      })
      live = release
    } finally {
      await lock.release()
    }
    return release
  }

  /** A project whose configuration names this machine, to type commands in; `more` is what its target says besides. */
  async function project(more: Record<string, unknown> = {}): Promise<string> {
    const directory = mkdtempSync(join(tmpdir(), 'helix-project-'))
    const { host: name, identityFile, knownHostsFile } = vps.destination
    const target = { type: 'ssh', hosts: [name], identityFile, knownHostsFile, ...more }
    const config = { limits: LIMITS, deploy: { gateway: target, watchMs: 3_000, keep: 1 } }
    writeFileSync(join(directory, 'helix.config.ts'), `export default ${JSON.stringify(config)}\n`)
    writeFileSync(join(directory, '.env.production'), env, { mode: 0o600 })
    return directory
  }

  return {
    project,
    vps,
    host,
    folder,
    url: `http://${vps.address}`,
    deploy,
    live: () => live,
    journal: hostJournal(host, folder),
    happened: (since: Date) => happenedOn(vps, folder, since),
    /** Signs up somebody new, and answers their token. */
    async person(): Promise<string> {
      const url = `http://${vps.address}`
      const keys = JSON.parse(vps.asRoot(`cat ${folder}/shared/data/keys.json`)) as Record<string, string>
      const admin = createClient(url, keys.serviceRoleKey as string, { auth: { persistSession: false } })
      const email = `person-${randomUUID()}@example.com`
      const made = await admin.auth.admin.createUser({ email, password: PASSWORD, email_confirm: true })
      if (made.error) throw made.error
      const client = createClient(url, keys.anonKey as string, { auth: { persistSession: false } })
      const { data, error } = await client.auth.signInWithPassword({ email, password: PASSWORD })
      if (error) throw error
      return data.session.access_token
    },
    async stop(): Promise<void> {
      await host.close()
      await vps.stop()
      for (const each of relays) await each.close()
      await claude.close()
      await database.drop()
    },
  }
}
