import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { endMarked } from './end.ts'
import { localHost } from './local.ts'

/** A script as sshd would run it: the first of a process group of its own, with something it waits for. */
async function started(name: string, text: string) {
  const child = spawn('sh', ['-c', text, name], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const [pid] = await once(child.stdout, 'data')
  return { child, ended: once(child, 'exit'), below: Number(pid) }
}

const runs = (pid: number) => existsSync(`/proc/${pid}/cmdline`)

test.skipIf(process.platform !== 'linux')(
  'what a script has started ends with it, and a script of another name goes on',
  async () => {
    const [one, other] = await Promise.all([
      started('helix-one', 'sleep 60 & echo $!; wait'),
      started('helix-other', 'sleep 60 & echo $!; wait'),
    ])
    expect(await localHost().run(endMarked('one'))).toMatchObject({ code: 0 })
    expect((await one.ended)[1]).toBe('SIGTERM')
    expect([runs(one.below), runs(other.below)]).toEqual([false, true])
    await localHost().run(endMarked('other'))
    await other.ended
  },
)

test.skipIf(process.platform !== 'linux')('one that does not listen is killed', async () => {
  const deaf = await started('helix-deaf', "trap '' TERM; sleep 60 & echo $!; wait; sleep 60")
  await localHost().run(endMarked('deaf'))
  expect((await deaf.ended)[1]).toBe('SIGKILL')
})

test('where there is none, nothing is done', async () => {
  expect(await localHost().run(endMarked('none'))).toMatchObject({ code: 0, stderr: '' })
})
