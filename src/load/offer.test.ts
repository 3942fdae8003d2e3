import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runLoad } from './run.ts'
import { readScript } from './script/read.ts'

/** How long each virtual user keeps the processor as they begin: a thousand a second are four times too many. */
const BUSY_MS = 4

const server = createServer((_request, response) => response.end())
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function keepBusy(): void {
  const until = performance.now() + BUSY_MS
  while (performance.now() < until);
}

test('a generator that is behind reads answers, tells of each second and hears a signal', async () => {
  const script = readScript(
    `
config: { phases: [{ arrivalRate: 1000, duration: 2 }] }
scenarios: [{ flow: [{ log: begun }, { get: { url: / } }] }]`,
    'test.yml',
  )
  const stop = new AbortController()
  setTimeout(() => stop.abort('SIGINT'), 1_500)
  const { users, requests, seconds, stopped } = await runLoad({
    name: 'test',
    script,
    phases: script.config.phases ?? [],
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mayReach: () => true,
    people: [],
    simulated: null,
    environment: {},
    signal: stop.signal,
    log: keepBusy,
  })
  expect(stopped).toBe(true)
  expect(users.offered).toBeLessThan(1_000)
  expect(requests.answered).toBeGreaterThan(users.offered / 2)
  expect(seconds[0]?.answered).toBeGreaterThan(0)
  expect(seconds[0]?.offered).toBeLessThan(users.offered)
}, 30_000)
