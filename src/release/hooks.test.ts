import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HelixError } from '../errors.ts'
import { runProgram } from '../programs.ts'
import { findHooks, type HookFacts, hooked } from './hooks.ts'
import { STEPS, type Step } from './steps.ts'

let root: string
let notes: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'helix-hooks-'))
  await mkdir(join(root, 'deploy/hooks'), { recursive: true })
  notes = []
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function hook(name: string, text: string, mode = 0o755): Promise<void> {
  const path = join(root, 'deploy/hooks', name)
  await writeFile(path, `#!/bin/sh\n${text}\n`)
  await chmod(path, mode)
}

const found = (timeoutMs = 10_000) =>
  findHooks({
    root,
    env: 'production',
    launch: runProgram,
    environment: { PATH: process.env.PATH },
    timeoutMs,
    note: (text) => notes.push(text),
  })

const facts: HookFacts = {
  release: 'r2',
  previous: 'r1',
  target: 'gateway',
  kind: 'deploy',
  by: 'ana@laptop',
  reason: 'a test',
}

const { signal } = new AbortController()

/** The steps of a release, each of which only writes down that it ran. */
function steps(ran: string[]): Step[] {
  return STEPS.slice(2).map((name) => ({
    name,
    plan: () => [],
    async run() {
      ran.push(name)
      return undefined
    },
  }))
}

test('a hook is told what is deployed, in the checkout, and what it prints is shown without secrets', async () => {
  await hook(
    'pre-deploy',
    'pwd > seen; env | grep ^HELIX_DEPLOY_ | sort >> seen; echo key sk-ant-api03-abcdefghijkl',
  )
  const ran: string[] = []
  for (const step of hooked(steps(ran), await found(), facts, signal)) await step.run()
  expect(ran).toEqual(STEPS.slice(2))
  expect((await readFile(join(root, 'seen'), 'utf8')).trim().split('\n').slice(1)).toEqual([
    'HELIX_DEPLOY_BY=ana@laptop',
    'HELIX_DEPLOY_ENV=production',
    'HELIX_DEPLOY_HOOK=pre-deploy',
    'HELIX_DEPLOY_KIND=deploy',
    'HELIX_DEPLOY_PREVIOUS=r1',
    'HELIX_DEPLOY_REASON=a test',
    'HELIX_DEPLOY_RELEASE=r2',
    'HELIX_DEPLOY_TARGET=gateway',
  ])
  expect(notes).toEqual([expect.stringMatching(/^pre-deploy: key /)])
  expect(notes.join()).not.toContain('abcdefghijkl')
})

test.each([
  ['pre-deploy', []],
  ['pre-switch', STEPS.slice(2, STEPS.indexOf('switch'))],
])('%s that fails stops the deploy there, with what it said', async (name, until) => {
  await hook(name, "printf 'the tide is \\033[31mout' >&2; exit 3")
  const ran: string[] = []
  const run = async () => {
    for (const step of hooked(steps(ran), await found(), facts, signal)) await step.run()
  }
  const failure = (await run().catch((error: unknown) => error)) as HelixError
  expect(failure).toMatchObject({ code: 'deploy_failed', message: `The hook ${name} failed` })
  expect(failure.hint).toContain('the tide is')
  expect(failure.hint).not.toContain('\u001b')
  expect(ran).toEqual(until)
})

test('one that takes too long is ended and stops the deploy', async () => {
  await hook('pre-deploy', 'exec sleep 60')
  const hooks = await found(200)
  await expect(hooks.heed('pre-deploy', facts, signal)).rejects.toMatchObject({
    hint: 'it took longer than 0.2 s',
  })
})

test('one that is waited for ends with the deploy', async () => {
  await hook('pre-switch', 'touch begun; exec sleep 60')
  const ending = new AbortController()
  const heeded = (await found()).heed('pre-switch', facts, ending.signal).catch((error: unknown) => error)
  await expect.poll(() => readFile(join(root, 'begun'), 'utf8').catch(() => undefined)).toBe('')
  ending.abort('SIGINT')
  expect(await heeded).toBe('SIGINT')
})

test('one that is told how it ended changes nothing, whatever becomes of it', async () => {
  await hook('on-failure', 'echo "$HELIX_DEPLOY_OUTCOME: $HELIX_DEPLOY_FAILURE" > told; exit 1')
  await (await found()).tell('on-failure', { ...facts, outcome: 'undone', failure: 'it was bad' })
  expect(await readFile(join(root, 'told'), 'utf8')).toBe('undone: it was bad\n')
  expect(notes).toEqual([expect.stringMatching(/^The hook on-failure failed/)])
  await (await found()).tell('post-deploy', facts)
})

test('one that may not be executed is found before anything is done', async () => {
  await hook('pre-switch', 'true', 0o644)
  await expect(found()).rejects.toMatchObject({
    code: 'precondition_failed',
    hint: expect.stringContaining('chmod +x deploy/hooks/pre-switch'),
  })
})

test('the plan names those there are', async () => {
  await hook('pre-switch', 'true')
  const [first, ...others] = hooked(steps([]), await found(), facts, signal)
  expect(await first?.plan()).toEqual([])
  const plan = await others.find(({ name }) => name === 'switch')?.plan()
  expect(plan).toEqual([expect.objectContaining({ command: 'deploy/hooks/pre-switch' })])
})
