import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Share of the processors' time that others may use while we measure. */
const QUIET = 0.15
const SAMPLE_MS = 2_000

/** What the figures were measured on. */
export interface Machine {
  description: string
  loadAverage: number
  /** Share (0..1) of the processors' time in use while we only watched. */
  busy: number
  quiet: boolean
}

/** Watches the machine for two seconds. */
export async function watchMachine(): Promise<Machine> {
  const before = processorTimes()
  await sleep(SAMPLE_MS)
  const after = processorTimes()
  const busy = 1 - (after.idle - before.idle) / (after.total - before.total)
  const gib = Math.round(totalmem() / 1024 ** 3)
  return {
    description: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${gib} GiB, ${systemName()}, Linux ${release()}, Node ${process.versions.node}`,
    loadAverage: loadavg()[0] ?? 0,
    busy,
    quiet: busy <= QUIET,
  }
}

export function machineText({ description, loadAverage, busy, quiet }: Machine): string {
  const state = quiet ? 'quiet' : 'NOT quiet'
  return `${description}; ${state}: ${(busy * 100).toFixed(0)} % busy before the start, load average ${loadAverage.toFixed(2)}`
}

function processorTimes(): { idle: number; total: number } {
  const times = cpus().map((cpu) => cpu.times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0)
  return { idle, total }
}

function systemName(): string {
  const match = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))
  return match?.[1] ?? 'unknown system'
}
