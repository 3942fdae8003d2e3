import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { HostHealth } from './host-health.ts'

/** What was last told of one gateway. */
const Told = z.object({
  /** Which problems, in order; empty once it was told to be well. */
  problems: z.array(z.string()),
  /** Since when it has not been well, RFC 3339. */
  since: z.string(),
})

const Memory = z.record(z.string(), Told)
/** What was last told of each gateway that was not well. */
export type Memory = z.infer<typeof Memory>

/** What changed of one gateway since it was last told of. */
export interface HealthChange {
  seen: HostHealth
  /** Since when it was not well, where it was told. */
  since: string | undefined
}

/** Where it is remembered what was told. */
export function memoryPath({ dataDir }: { dataDir: string }): string {
  return join(dataDir, 'health.json')
}

/** What was told; nothing where there is no memory, or it cannot be read: then things are told once more. */
export async function readMemory(path: string): Promise<Memory> {
  const text = await readFile(path, 'utf8').catch(() => '{}')
  try {
    return Memory.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

/** What is to be told: what is not as it was told before. Whoever was always well is not mentioned. */
export function changesSince(memory: Memory, seen: readonly HostHealth[]): HealthChange[] {
  return seen
    .filter((one) => keyOf(one) !== (memory[one.host]?.problems ?? []).join())
    .map((one) => ({ seen: one, since: memory[one.host]?.since }))
}

/** The memory once a change has been told. */
export function remember(memory: Memory, { seen, since }: HealthChange, now: Date): Memory {
  const { [seen.host]: _, ...others } = memory
  if (seen.ok) return others
  return { ...others, [seen.host]: { problems: problemKeys(seen), since: since ?? now.toISOString() } }
}

function keyOf(seen: HostHealth): string {
  return problemKeys(seen).join()
}

function problemKeys({ problems }: HostHealth): string[] {
  return problems.map(({ part, state }) => `${part}:${state}`).sort()
}
