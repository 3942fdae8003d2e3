import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import type { Host } from '../../shell/host.ts'
import type { Script } from '../../shell/script.ts'
import type { HeldPlace } from './place.ts'
import { prune } from './prune.ts'
import { systemd } from './systemd.ts'

afterEach(() => vi.restoreAllMocks())

/** A machine whose release before is in that state, whatever it is told. */
function machine(state: 'deactivating' | 'inactive'): HeldPlace {
  const stdout = ({ text, words }: Script) => {
    if (words.includes('/metrics')) return JSON.stringify({ status: 200, body: 'helix_open_replies 1\n' })
    return text.includes('ActiveState') ? `ActiveState=${state}\nNRestarts=0` : ''
  }
  const host: Host = {
    name: 'deploy@vps',
    run: async (act) => ({ code: 0, stdout: stdout(act), stderr: '' }),
    connect: async () => new PassThrough(),
    async close() {},
  }
  const { signal } = new AbortController()
  const lock = { token: 1, signal, fenced: (act: Script) => act, lose() {}, async release() {} }
  return { host, folder: '/h', runner: systemd, lock }
}

const pruning = {
  ...{ release: 'r2', previous: 'r1', keep: 1, drainMs: 1_000 },
  signal: new AbortController().signal,
  note: () => {},
}

test('a release before that does not end in its time is a failure', async () => {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 40_000
    return now
  })
  await expect(prune(machine('deactivating'), pruning)).rejects.toMatchObject({
    code: 'deploy_failed',
    message: 'r1 on deploy@vps did not end within 61 s',
  })
})

test('what a machine still runs from before it was away is ended, and what serves goes on', async () => {
  const place = machine('inactive')
  const running = new Set(['r0', 'r2'])
  const ended: string[] = []
  place.host.run = async ({ text, words }) => {
    const [, release = ''] = /^helix@(.+)\.service$/.exec(words[0] ?? '') ?? []
    if (text.includes('systemctl --user stop')) {
      ended.push(release)
      running.delete(release)
    }
    const state = running.has(release) ? 'active' : 'inactive'
    const stdout = text.includes('ActiveState')
      ? `ActiveState=${state}\nNRestarts=0`
      : 'release=r0\nrelease=r2\n'
    return { code: 0, stdout, stderr: '' }
  }
  await prune(place, pruning)
  expect({ ended, running: [...running] }).toEqual({ ended: ['r1', 'r0'], running: ['r2'] })
})

test('one that has ended is none', async () => {
  await expect(prune(machine('inactive'), pruning)).resolves.toBeUndefined()
})
