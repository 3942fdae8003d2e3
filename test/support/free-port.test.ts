import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { freePort } from './free-port.ts'

const GIVEN_OUT = '/proc/sys/net/ipv4/ip_local_port_range'

test.skipIf(!existsSync(GIVEN_OUT))('a free port is none that the system gives to others', async () => {
  const [first = 0] = readFileSync(GIVEN_OUT, 'utf8').split(/\s+/).map(Number)
  const ports = await Promise.all(Array.from({ length: 50 }, freePort))
  expect(Math.max(...ports)).toBeLessThan(first)
})
