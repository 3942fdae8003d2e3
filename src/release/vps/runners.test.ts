import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localHost } from '../../shell/local.ts'
import type { Script } from '../../shell/script.ts'
import { NO_CARGO } from '../cargo.ts'
import { docker } from './docker.ts'
import { pm2 } from './pm2.ts'
import { systemd } from './systemd.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-runner-'))
  await mkdir(join(folder, 'releases'))
  await mkdir(join(folder, 'path'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Puts a program of that name first on the path. */
async function program(name: string, text: string): Promise<void> {
  const file = join(folder, 'path', name)
  await writeFile(file, `#!/bin/sh\n${text}\n`)
  await chmod(file, 0o755)
}

const run = ({ text, words }: Script, input = '') =>
  localHost().run({ text: `PATH=${folder}/path:$PATH\n${text}`, words }, { input })

describe('a container', () => {
  const runner = docker({ pulled: false })
  const knows = (made: string) => `
case "$1 $2" in
  "load --quiet") cat > /dev/null; echo "Loaded image ID: sha256:aa" ;;
  "image inspect") echo ${made} ;;
  "version --format") echo linux/amd64 ;;
esac`

  test('is of an image that was taken in whole', async () => {
    await program('docker', knows('linux/amd64'))
    expect(await run(runner.receive(folder, 'r1', NO_CARGO), 'an image')).toMatchObject({ code: 0 })
    expect(await readdir(join(folder, 'releases'))).toEqual(['r1'])
  })

  test('is of no image for another processor', async () => {
    await program('docker', knows('linux/arm64'))
    expect(await run(runner.receive(folder, 'r1', NO_CARGO), 'an image')).toMatchObject({
      code: 1,
      stderr: 'the image is for linux/arm64, the machine is linux/amd64\n',
    })
    expect(await readdir(join(folder, 'releases'))).not.toContain('r1')
  })

  test('of which Docker took in nothing is no release', async () => {
    await program('docker', 'cat > /dev/null')
    expect(await run(runner.receive(folder, 'r1', NO_CARGO), 'half an ima')).toMatchObject({ code: 1 })
    expect(await readdir(join(folder, 'releases'))).not.toContain('r1')
  })

  test('that does not run answers nothing, which is no failure to ask', async () => {
    await program('docker', 'echo "{\\"status\\":2"; exit 1')
    const { code, stdout } = await run(runner.ask(folder, 'r1', '/health'))
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({ code: 0, answer: { status: 0 } })
  })

  test.each([
    ['', 'ended', 0],
    ['running 0', 'running', 0],
    ['restarting 3', 'running', 3],
    ['exited 0', 'ended', 0],
    ['created 0', 'ended', 0],
    ['dead 1', 'failed', 1],
  ])('that is "%s" is %s', (told, state, restarts) => {
    expect(runner.readState(told)).toEqual({ state, restarts })
  })

  test('is refused where Docker runs it as somebody else', () => {
    const told: Record<string, string> = { docker: 'linux/amd64', security: 'name=seccomp name=rootless' }
    expect(runner.lacks((name) => told[name] ?? '')).toEqual([expect.stringContaining('rootless')])
  })
})

describe('a process of PM2', () => {
  const list = [
    { name: 'helix-r0', pm2_env: { status: 'online', restart_time: 0 } },
    { name: 'helix-r1', pm2_env: { status: 'errored', restart_time: 16, env: { TOKEN: 'of somebody' } } },
  ]

  test('tells how it is, and nothing of its environment, also while PM2 greets', async () => {
    await mkdir(join(folder, 'releases/r1/bin'), { recursive: true })
    await symlink(process.execPath, join(folder, 'releases/r1/bin/node'))
    await program('pm2', `echo '[PM2] Spawning PM2 daemon'\necho '${JSON.stringify(list)}'`)
    const { stdout } = await run(pm2.state(folder, 'r1'))
    expect(stdout).toBe('errored 16\n')
    expect(pm2.readState(stdout)).toEqual({ state: 'failed', restarts: 16 })
  })

  test('of a release that never was on the machine has ended, which is no failure to look', async () => {
    await program('pm2', `echo '${JSON.stringify(list)}'`)
    const { code, stdout } = await run(pm2.state(folder, 'r1'))
    expect({ code, ...pm2.readState(stdout) }).toEqual({ code: 0, state: 'ended', restarts: 0 })
  })

  test.each([
    ['', 'ended', 0],
    ['online 0', 'running', 0],
    ['stopping 0', 'running', 0],
    ['waiting restart 2', 'running', 2],
    ['stopped 0', 'ended', 0],
  ])('that is "%s" is %s', (told, state, restarts) => {
    expect(pm2.readState(told)).toEqual({ state, restarts })
  })

  test('runs its own Node itself, and never npm', () => {
    const { apps } = JSON.parse(pm2.start('/home/deploy/helix', 'r1', 20_000).input)
    expect(apps).toMatchObject([
      { script: '/home/deploy/helix/releases/r1/bin/node', interpreter: 'none', kill_timeout: 50_000 },
    ])
  })
})

describe('to end a release', () => {
  const acts = [systemd.stop('', 'r1'), systemd.beginStop('', 'r1')]
  /** A systemctl that says of the unit whether it is loaded, and ends `act` with that code. */
  const systemctl = (loaded: string, act: string, code: number) =>
    program('systemctl', `case "$2" in show) echo ${loaded};; ${act}) exit ${code};; esac`)

  test.each([
    ['loaded', 'stop', 0],
    ['loaded', 'stop', 5],
    ['not-found', 'disable', 1],
  ])('that systemd says is %s, where %s ends with %d, is to have ended it', async (...told) => {
    await systemctl(...told)
    for (const act of acts) expect(await run(act)).toMatchObject({ code: 0 })
  })

  test.each([
    ['loaded', 'stop', 1],
    ['loaded', 'disable', 1],
  ])('that systemd says is %s is a failure where %s ends with %d', async (...told) => {
    await systemctl(...told)
    for (const act of acts) expect(await run(act)).toMatchObject({ code: 1 })
  })

  test('is a failure where nobody can ask systemd', async () => {
    await program('systemctl', 'echo "Failed to connect to bus" >&2; exit 1')
    for (const act of acts)
      expect(await run(act)).toMatchObject({ code: 1, stderr: expect.stringContaining('bus') })
  })

  test.each([
    ['describe', 0],
    ['delete', 1],
    ['save', 1],
    ['nothing', 0],
  ])('with PM2, where %s fails, ends with %d', async (act, code) => {
    await program('pm2', `[ "$1" != ${act} ] || exit 1`)
    expect(await run(pm2.stop('', 'r1'))).toMatchObject({ code })
  })
})
