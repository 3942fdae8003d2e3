import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Host } from '../../shell/host.ts'
import type { Script } from '../../shell/script.ts'
import { NO_LEVEL } from '../level.ts'
import { systemd } from './systemd.ts'
import { watch } from './watch.ts'

const IDLE = 'helix_http_requests_total{method="GET",route="/api/profile",status="200"} 0\n'

/** A machine whose release answers `/health` as told, and its metrics with that status. */
function machine(health: () => { status: number; body: string }, metrics = 200): Host {
  const stdout = ({ words }: Script) => {
    if (words.includes('/metrics')) return JSON.stringify({ status: metrics, body: IDLE })
    return words.includes('/health') ? JSON.stringify(health()) : 'the end of its log\n'
  }
  return {
    name: 'deploy@vps',
    run: async (script) => ({ code: 0, stdout: stdout(script), stderr: '' }),
    connect: async () => new PassThrough(),
    async close() {},
  }
}

const options = { watchMs: 20_000, signal: new AbortController().signal }

test('a release that loses its database after the switch is found, though it answers and refuses on purpose', async () => {
  const host = machine(() => ({ status: 503, body: '{"status":"down"}' }))
  await expect(watch({ host, folder: '/h', runner: systemd }, 'r2', NO_LEVEL, options)).rejects.toMatchObject(
    {
      code: 'deploy_failed',
      message: 'r2 on deploy@vps is no longer healthy',
      hint: expect.stringContaining('503'),
    },
  )
}, 15_000)

test('one silence is no end, and a release that stays healthy passes', async () => {
  let looks = 0
  const host = machine(() => {
    looks += 1
    return { status: looks === 1 ? 0 : 200, body: '{}' }
  })
  await expect(
    watch({ host, folder: '/h', runner: systemd }, 'r2', NO_LEVEL, { ...options, watchMs: 4_500 }),
  ).resolves.toMatchObject({ requests: 0 })
  expect(looks).toBeGreaterThan(1)
}, 15_000)

test('a release that never tells how it fares was not watched, and does not pass', async () => {
  const host = machine(() => ({ status: 200, body: '{}' }), 403)
  await expect(
    watch({ host, folder: '/h', runner: systemd }, 'r2', NO_LEVEL, { ...options, watchMs: 50 }),
  ).rejects.toMatchObject({ code: 'deploy_failed', message: 'r2 on deploy@vps never told how it fares' })
})
