import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startTraffic } from './traffic.ts'

/** Uses a gateway while `act` runs, and expects that nobody noticed: no request failed, no reply was cut. */
export async function unnoticed<T>(url: string, token: string, act: () => Promise<T>): Promise<T> {
  const running = startTraffic(url, token)
  const came = await act().finally(() => running.stop())
  const { requests, failed, replies, cut } = running.traffic
  expect({ failed: failed.slice(0, 5), cut: cut.slice(0, 5) }).toEqual({ failed: [], cut: [] })
  expect(requests).toBeGreaterThan(100)
  expect(replies).toBeGreaterThan(0)
  return came
}

/** Which release answers people, as they are told. */
export async function servedBy(url: string): Promise<string> {
  const response = await fetch(`${url}/health`)
  return ((await response.json()) as { release: string }).release
}

/** Does `act` while the settings of a project are such that a release ends as it starts, and nothing is wrong here. */
export async function withFault<T>(project: string, act: () => Promise<T>): Promise<T> {
  const file = join(project, 'helix.config.ts')
  const sound = readFileSync(file, 'utf8')
  writeFileSync(file, `if (process.env.HELIX_RELEASE) throw new Error('no such machine')\n${sound}`)
  return act().finally(() => writeFileSync(file, sound))
}
