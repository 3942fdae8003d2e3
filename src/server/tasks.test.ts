import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Host } from '../shell/host.ts'
import { localHost } from '../shell/local.ts'
import { serverTasks, type Task } from './tasks.ts'

let home: string
let host: Host

/** This machine, with one user whose home is a folder of the test, and no way to become somebody else. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'helix-home-'))
  const programs = join(home, 'programs')
  await mkdir(programs)
  await writeFile(join(programs, 'getent'), `#!/bin/sh\necho "deploy:x:1:1::${home}:/bin/sh"\n`)
  await writeFile(join(programs, 'runuser'), '#!/bin/sh\nshift 3\nexec "$@"\n')
  await writeFile(join(programs, 'chgrp'), '#!/bin/sh\n')
  for (const name of ['getent', 'runuser', 'chgrp']) await chmod(join(programs, name), 0o755)
  host = {
    ...localHost(),
    run: ({ text, words }, options) =>
      localHost().run({ text: `PATH=${programs}:$PATH\n${text}`, words }, options),
  }
})
afterEach(() => rm(home, { recursive: true, force: true }))

const A = 'ssh-ed25519 AAAA ana@laptop'
const B = 'ssh-ed25519 BBBB ben\\nssh-rsa CCCC'

function task(name: RegExp, keys = `${A}\n${B}\n`): Task {
  const plan = {
    user: 'deploy',
    folder: join(home, 'helix'),
    keys,
    names: ['api.example.com'],
    firewall: false,
  }
  const found = serverTasks(plan).find(({ what }) => name.test(what))
  if (!found) throw new Error(`No task ${name}`)
  return found
}

const there = async ({ check, input }: Task) => (await host.run(check, input ? { input } : {})).code === 0
const act = ({ act, input }: Task) => host.run(act, input ? { input } : {})
const keysThere = () => readFile(join(home, '.ssh/authorized_keys'), 'utf8')

test('every key may sign in, also where one of them could already', async () => {
  await mkdir(join(home, '.ssh'))
  await writeFile(join(home, '.ssh/authorized_keys'), A)
  const keys = task(/sign in as/)
  expect(await there(keys)).toBe(false)
  expect(await act(keys)).toMatchObject({ code: 0 })
  expect(await keysThere()).toBe(`${A}\n${B}\n`)
  expect(await there(keys)).toBe(true)
  await act(keys)
  expect(await keysThere()).toBe(`${A}\n${B}\n`)
  expect((await stat(join(home, '.ssh/authorized_keys'))).mode & 0o777).toBe(0o600)
})

test('a link in the place of the folder of sockets is not followed', async () => {
  const elsewhere = join(home, 'elsewhere')
  await mkdir(elsewhere, { mode: 0o700 })
  await mkdir(join(home, 'helix'))
  await symlink(elsewhere, join(home, 'helix/run'))
  expect(await act(task(/make the folder/))).toMatchObject({ code: 1 })
  expect((await stat(elsewhere)).mode & 0o7777).toBe(0o700)
})

test('the folder of sockets is made for nginx to reach', async () => {
  expect(await act(task(/make the folder/))).toMatchObject({ code: 0 })
  expect((await stat(join(home, 'helix/run'))).mode & 0o7777).toBe(0o2750)
  expect((await stat(home)).mode & 0o777).toBe(0o711)
})

test('nothing root does to the keys is done as root', () => {
  const lines = task(/sign in as/)
    .act.text.split('\n')
    .filter((line) => /ssh/.test(line))
  const before = task(/sign in as/).act.text.split('runuser')[0] ?? ''
  expect(before).not.toContain('.ssh')
  expect(lines.length).toBeGreaterThan(0)
})

test('the command of the machine is that of the container where a release is one', async () => {
  const command = join(home, 'helix/helix')
  await mkdir(join(home, 'helix/releases/r7'), { recursive: true })
  await symlink('releases/r7', join(home, 'helix/current'))
  await writeFile(command, task(/the command/).input ?? '')
  await writeFile(join(home, 'programs/docker'), '#!/bin/sh\nprintf "%s|" "$@"\n')
  await chmod(join(home, 'programs/docker'), 0o755)
  const { stdout } = await host.run({ text: 'sh "$1" user link "an a@example.com"', words: [command] })
  expect(stdout).toBe('exec|--interactive|helix-r7|node|dist/bin/helix.js|user|link|an a@example.com|')
})
