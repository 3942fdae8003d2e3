import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localHost } from '../shell/local.ts'
import { script } from '../shell/script.ts'
import { hostJournal } from './journal.ts'
import { acquireLock, readLock } from './lock.ts'

const host = localHost()
const ana = { owner: 'ana@laptop', reason: 'Friday', release: 'r1' }
const ben = { owner: 'ben@desk', reason: 'a fix', release: 'r2' }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a second deploy is told who has the lock, and why', async () => {
  const lock = await acquireLock(host, folder, ana)
  await expect(acquireLock(host, folder, ben)).rejects.toMatchObject({
    code: 'lock_held',
    message: 'ana@laptop is deploying r1 to localhost: Friday',
  })
  expect(await readLock(host, folder)).toMatchObject(ana)
  await lock.release()
  expect(await readLock(host, folder)).toBeUndefined()
  const next = await acquireLock(host, folder, ben)
  expect(next.token).toBe(lock.token + 1)
  await next.release()
})

test('of many who want it at once one has it', async () => {
  const wanted = await Promise.allSettled(Array.from({ length: 12 }, () => acquireLock(host, folder, ana)))
  const got = wanted.filter(({ status }) => status === 'fulfilled')
  expect(got).toHaveLength(1)
  for (const result of wanted) if (result.status === 'fulfilled') await result.value.release()
})

test('while it is renewed nobody gets it, and once its holder is gone it frees itself', async () => {
  const lock = await acquireLock(host, folder, ana, { leaseSeconds: 2, renewMs: 300 })
  await sleep(2_600)
  await expect(acquireLock(host, folder, ben)).rejects.toMatchObject({ code: 'lock_held' })
  await lock.release()
  const dead = await acquireLock(host, folder, ana, { leaseSeconds: 1, renewMs: 60_000 })
  await sleep(2_100)
  const taken = await acquireLock(host, folder, ben)
  expect(taken.token).toBe(dead.token + 1)
  await taken.release()
  await dead.release()
})

test('whoever lost it can change nothing any more, and is told', async () => {
  const first = await acquireLock(host, folder, ana, { leaseSeconds: 1, renewMs: 3_500 })
  const act = script('echo "$1" > "$2"', 'mine', join(folder, 'state'))
  expect(await host.run(first.fenced(act))).toMatchObject({ code: 0 })
  await sleep(2_100)
  const second = await acquireLock(host, folder, ben)
  expect(
    await host.run(first.fenced(script('echo "$1" > "$2"', 'late', join(folder, 'state')))),
  ).toMatchObject({
    code: 76,
  })
  expect(await readFile(join(folder, 'state'), 'utf8')).toBe('mine\n')
  await expect.poll(() => first.signal.aborted, { timeout: 5_000 }).toBe(true)
  expect(first.signal.reason).toMatchObject({ code: 'lock_held' })
  await second.release()
  await first.release()
})

test('whoever lost it writes nothing into the journal of releases, and learns of it there', async () => {
  const first = await acquireLock(host, folder, ana, { renewMs: 60_000 })
  const record = { at: new Date().toISOString(), release: 'r1', previous: null, by: 'ana@laptop', token: 1 }
  await hostJournal(host, folder, first).append({ ...record, step: 'plan', event: 'begin' })
  const second = await acquireLock(host, folder, ana, { resume: true })
  const late = hostJournal(host, folder, first).append({ ...record, step: 'env', event: 'failed' })
  await expect(late).rejects.toMatchObject({ code: 'lock_held' })
  expect(first.signal.aborted).toBe(true)
  expect(await hostJournal(host, folder).read()).toHaveLength(1)
  await second.release()
  await first.release()
})

test('what follows a line that a crash cut short in the journal can be read', async () => {
  const journal = hostJournal(host, folder)
  const record = { at: new Date().toISOString(), release: 'r1', previous: null, by: 'ana@laptop', token: 1 }
  await journal.append({ ...record, step: 'plan', event: 'begin' })
  const file = join(folder, 'releases.jsonl')
  await writeFile(file, `${await readFile(file, 'utf8')}{"at":"2026-`)
  await journal.append({ ...record, step: 'env', event: 'begin' })
  expect((await journal.read()).map(({ step }) => step)).toEqual(['plan', 'env'])
})

test('whoever goes on with the same release takes the lock over, and nobody else does', async () => {
  const dead = await acquireLock(host, folder, ana, { renewMs: 60_000 })
  await expect(acquireLock(host, folder, ben, { resume: true })).rejects.toMatchObject({ code: 'lock_held' })
  await expect(acquireLock(host, folder, { ...ana, release: 'r2' }, { resume: true })).rejects.toMatchObject({
    code: 'lock_held',
  })
  const taken = await acquireLock(host, folder, ana, { resume: true })
  expect(await host.run(dead.fenced(script('true')))).toMatchObject({ code: 76 })
  await dead.release()
  expect(await readLock(host, folder)).toMatchObject(ana)
  await taken.release()
})

test('what an earlier deploy left running keeps everybody out, and is named', async () => {
  const first = await acquireLock(host, folder, ana)
  const left = script('sleep 60 > /dev/null 2>&1 < /dev/null &\necho "$!"')
  const pid = (await host.run(first.fenced(left))).stdout.trim()
  await first.release()
  await expect(acquireLock(host, folder, ben, { fenceSeconds: 1 })).rejects.toMatchObject({
    code: 'lock_held',
    message: 'Something that an earlier deploy began still runs on localhost',
    hint: expect.stringContaining(`${pid} (sleep)`),
    details: { processes: [`${pid} (sleep)`] },
  })
  process.kill(Number(pid))
  await (await acquireLock(host, folder, ben)).release()
})

test('a reason with line breaks or shell in it stays a reason', async () => {
  const lock = await acquireLock(host, folder, { ...ana, reason: "it's $(touch x)\nuntil=0" })
  expect(await readLock(host, folder)).toMatchObject({ reason: "it's $(touch x) until=0" })
  await lock.release()
})

test('a damaged lock is a failure that says so, not a lock that is free', async () => {
  await writeFile(join(folder, 'lock'), 'nonsense\n')
  await expect(acquireLock(host, folder, ana)).rejects.toMatchObject({ code: 'host_failed' })
})
