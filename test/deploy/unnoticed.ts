import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { startTraffic } from './traffic.ts'

const MOST_TOLD = 20
const MOST_HAPPENED = 200

/** Where people use a gateway, and what is known there of why it failed them. */
interface Used {
  url: string
  happened(since: Date): string[]
}

/** Uses a gateway while `act` runs, and expects that nobody noticed: no request failed, no reply was cut. */
export async function unnoticed<T>(used: Used, token: string, act: () => Promise<T>): Promise<T> {
  const began = new Date()
  const running = startTraffic(used.url, token)
  const came = await act().finally(() => running.stop())
  const { requests, failed, replies, cut } = running.traffic
  expectNone(used, began, { failed, cut })
  expect(requests).toBeGreaterThan(100)
  expect(replies).toBeGreaterThan(0)
  return came
}

/** Expects that nobody was failed, or says how each of the first was, and what happened meanwhile. */
export function expectNone(used: Used, began: Date, failures: Record<string, readonly string[]>): void {
  const noticed = Object.entries(failures).filter(([, each]) => each.length > 0)
  if (noticed.length === 0) return
  const told = noticed.flatMap(([kind, each]) => [`${each.length} ${kind}:`, ...each.slice(0, MOST_TOLD)])
  const meanwhile = ['Meanwhile:', ...used.happened(began).slice(-MOST_HAPPENED)]
  expect.fail([...told, ...meanwhile].join('\n'))
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
