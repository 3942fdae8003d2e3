import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createJournal } from '../audit/journal.ts'
import { Secret } from '../config/secret.ts'
import { HelixError } from '../errors.ts'
import type { Host } from '../shell/host.ts'
import { localHost } from '../shell/local.ts'
import { type Bringing, bring, goOn } from './bring.ts'
import { NO_CARGO } from './cargo.ts'
import { databaseSteps } from './database-steps.ts'
import { type GatewayDeploy, gatewayTarget, whereEach } from './deploy.ts'
import { hostJournal, type JournalRecord } from './journal.ts'
import { ROLL_BACK } from './progress.ts'
import { systemd } from './vps/systemd.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-resume-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** This machine with a systemd that starts nothing. */
const host: Host = {
  ...localHost(),
  async run(act, options) {
    if (!act.text.includes('systemctl')) return localHost().run(act, options)
    return { code: act.text.includes('enable --quiet') ? 1 : 0, stdout: '', stderr: '' }
  },
}

function given(): GatewayDeploy & Bringing {
  return {
    release: 'r9',
    places: [{ host, folder, runner: systemd }],
    publicName: undefined,
    archive: { ...NO_CARGO, sha256: 'other' },
    settings: { env: new Secret('NEW=1'), config: '' },
    database: databaseSteps({
      pending: [],
      where: 'the database',
      migrate: async () => {},
      backup: undefined,
    }),
    bootMs: 100,
    watchMs: 100,
    drainMs: 100,
    keep: 1,
    reason: 'a test',
    by: 'ana@laptop',
    actor: 'cli:ana',
    audit: createJournal(join(folder, 'journal.jsonl')),
    signal: new AbortController().signal,
    note: () => {},
    onStep: () => {},
  }
}

const resume = (deploy: GatewayDeploy & Bringing, options?: { undo?: boolean }) =>
  goOn(gatewayTarget(deploy), deploy, options)

async function interrupted(archive: string, ...steps: [JournalRecord['step'], JournalRecord['event']][]) {
  const journal = hostJournal(host, folder)
  const record = { at: new Date().toISOString(), release: 'r1', previous: 'r2', by: 'ana@laptop', token: 1 }
  await journal.append({ ...record, step: 'plan', event: 'begin', note: archive })
  for (const [step, event] of steps) await journal.append({ ...record, step, event })
}

/** What the operations room was alarmed with. */
async function alerts() {
  const lines = (await readFile(join(folder, 'journal.jsonl'), 'utf8').catch(() => '')).trim().split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'deploy.failed')
    .map(({ data }) => data)
}

test('a roll-back that is gone on with and fails leaves the release on the machine, with the settings it had', async () => {
  await mkdir(join(folder, 'releases/r1'), { recursive: true })
  await mkdir(join(folder, 'shared/env'), { recursive: true })
  await writeFile(join(folder, 'shared/env/r1.env'), 'OLD=1')
  await interrupted(ROLL_BACK, ['boot', 'begin'])
  await expect(resume(given())).rejects.toMatchObject({ code: 'rolled_back' })
  await access(join(folder, 'releases/r1'))
  expect(await readFile(join(folder, 'shared/env/r1.env'), 'utf8')).toBe('OLD=1')
  expect(await alerts()).toEqual([
    expect.objectContaining({ release: 'r1', previous: 'r2', state: 'undone', code: 'rolled_back' }),
  ])
})

test('who is left out is written down before anything is done without them', async () => {
  await interrupted('abc', ['env', 'begin'])
  await expect(resume({ ...given(), without: ['deploy@gone'] })).rejects.toThrow('another archive')
  const [written] = (await readFile(join(folder, 'journal.jsonl'), 'utf8')).split('\n')
  expect(JSON.parse(written ?? '')).toMatchObject({
    kind: 'deploy.without.start',
    data: { release: 'r1', machines: ['deploy@gone'] },
  })
})

test('a deploy is not gone on with from another archive', async () => {
  await interrupted('abc', ['env', 'begin'])
  await expect(resume(given())).rejects.toMatchObject({
    code: 'precondition_failed',
    message: 'r1 was begun with another archive',
  })
  expect(await alerts(), 'a refusal is no news').toEqual([])
})

test('a release is not undone once the one before it was told to end', async () => {
  await interrupted('abc', ['switch', 'begin'], ['switch', 'done'], ['prune', 'begin'])
  await expect(resume(given(), { undo: true })).rejects.toMatchObject({
    code: 'precondition_failed',
    next: expect.arrayContaining(['helix rollback r2']),
  })
})

test('a deploy that came to its end just before the lock was had is not undone', async () => {
  await interrupted('abc', ['switch', 'begin'], ['switch', 'done'])
  const ending: Host = {
    ...host,
    async run(act, options) {
      const ran = await host.run(act, options)
      if (!act.text.includes('lock.token.new')) return ran
      const journal = hostJournal(host, folder)
      const [record] = await journal.read()
      if (record) await journal.append({ ...record, step: 'prune', event: 'done' })
      return ran
    },
  }
  await expect(
    resume({ ...given(), places: [{ host: ending, folder, runner: systemd }] }, { undo: true }),
  ).rejects.toMatchObject({ message: 'No deploy was interrupted' })
})

test('a step that finds something not as it must be is news, and a machine that is not ready none', async () => {
  const found = new HelixError('precondition_failed', 'the database is not what was planned')
  const migrate = () => Promise.reject(found)
  const database = databaseSteps({ pending: ['1'], where: 'the database', migrate, backup: undefined })
  const bad = { ...given(), database }
  const target = gatewayTarget(bad)
  await expect(bring({ ...target, ready: async () => {} }, bad)).rejects.toMatchObject({
    message: found.message,
  })
  expect(await alerts()).toEqual([
    expect.objectContaining({ release: 'r9', state: 'undone', code: 'precondition_failed' }),
  ])
  await expect(bring({ ...target, ready: () => Promise.reject(found) }, bad)).rejects.toBe(found)
  expect(await alerts()).toHaveLength(1)
})

test('a release that could not be taken off is left to what was deployed, with what is gone left out', async () => {
  const stuck = new HelixError('rollback_failed', 'r9 could not be undone')
  const away: Host = { ...host, name: 'deploy@gone', run: () => Promise.reject(new Error('away')) }
  const places = [{ host: away, folder, runner: systemd }]
  await expect(whereEach({ places }, { name: 'all' })(stuck)).rejects.toMatchObject({
    next: ['helix deploy all --undo --without deploy@gone'],
  })
})
