import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Host } from '../../shell/host.ts'
import { assertReady, lookAt } from './facts.ts'
import { systemd } from './systemd.ts'

/** A machine with so much space left, whose user's services end or stay when they sign out. */
function machine({ freeKb = 1_000, linger = 'yes' }) {
  const told = [
    ...['machine=Linux x86_64', 'current=r2', 'systemd=running', 'release=r1', 'release=r2'],
    ...[`freeKb=${freeKb}`, `linger=${linger}`],
  ]
  const host: Host = {
    name: 'deploy@vps',
    run: async () => ({ code: 0, stdout: told.join('\n'), stderr: '' }),
    connect: async () => new PassThrough(),
    async close() {},
  }
  return { host, folder: '/h', runner: systemd }
}

test.each([{ freeKb: 0 }, { linger: 'no' }])('a machine with %o can be looked at', async (lacking) => {
  expect(await lookAt(machine(lacking))).toMatchObject({ current: 'r2', releases: ['r1', 'r2'] })
})

test('one with too little space, or without linger, is not ready for a release', async () => {
  await expect(assertReady(machine({ freeKb: 100 }), 100_000)).rejects.toMatchObject({
    code: 'precondition_failed',
    details: { host: 'deploy@vps', lacks: ['it has 0 MB free, a release needs 1'] },
  })
  await expect(assertReady(machine({ linger: 'no' }), 0)).rejects.toMatchObject({
    hint: expect.stringContaining('enable-linger'),
  })
})

test('what brings nothing needs no space', async () => {
  await expect(assertReady(machine({ freeKb: 0 }), 0)).resolves.toBeUndefined()
})
