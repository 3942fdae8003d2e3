import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Aside, Context } from '../context.ts'
import { logsAside } from './aside.ts'

/** A terminal whose keys are pressed by a test, beside a command that stands in for the logs. */
function monitor(aside: Aside) {
  const said: string[] = []
  const stdin = new Readable({ read() {} })
  const context = {
    ...{ stdin, aside, signal: new AbortController().signal, cwd: '/', env: undefined, url: undefined },
    ...{ note: () => {}, say: (text: string) => said.push(text) },
  } as unknown as Context
  return { context, stdin, said }
}

it('goes back at the first key after the logs ended by themselves, and leaves the next one alone', async () => {
  const { context, stdin, said } = monitor(async () => 1)
  const gone = logsAside(context).then(() => 'gone')
  await expect.poll(() => said.join()).toContain('Any key')
  stdin.push('x')
  expect(await Promise.race([gone, sleep(2_000)])).toBe('gone')
  expect(stdin.listenerCount('readable')).toBe(0)
})

it('ends the logs at q, without asking for another key', async () => {
  const { context, stdin, said } = monitor(
    (_argv, stop) => new Promise((resolve) => stop?.addEventListener('abort', () => resolve(130))),
  )
  const gone = logsAside(context).then(() => 'gone')
  stdin.push('x')
  await sleep(50)
  stdin.push('q')
  expect(await Promise.race([gone, sleep(2_000)])).toBe('gone')
  expect([said, stdin.listenerCount('readable')]).toEqual([[], 0])
})
