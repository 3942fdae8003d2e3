import type { Phase } from './script/schema.ts'

/** When a virtual user is meant to begin, in ms from the start of the test, and in which phase. */
export interface Arrival {
  at: number
  phase: number
}

/** How long arriving takes, in ms. */
export function lengthOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { pause, duration }) => sum + (pause ?? duration ?? 0), 0)
}

/** How many arrive in all, and in a second at most. Goes through every arrival: not for while a test runs. */
export function sizeOf(phases: readonly Phase[]): { arrivals: number; peakPerSecond: number } {
  let arrivals = 0
  // As many as are to be expected, where they come by chance.
  const even = phases.map((phase): Phase => ({ ...phase, mode: 'uniform' }))
  for (const _arrival of arrivalsOf(even)) arrivals += 1
  const rates = phases.map(({ arrivalRate = 0, rampTo = 0, arrivalCount = 0, duration = 0 }) =>
    Math.max(arrivalRate, rampTo, arrivalCount / Math.max(1, duration / 1_000)),
  )
  return { arrivals, peakPerSecond: Math.max(0, ...rates) }
}

/** Every arrival in order. The schedule stands before the test begins: no answer, late or missing, moves it. */
export function* arrivalsOf(phases: readonly Phase[], random = Math.random): Generator<Arrival> {
  let from = 0
  for (const [place, phase] of phases.entries()) {
    const ms = phase.pause ?? phase.duration ?? 0
    for (const at of offsetsOf(phase, ms, random)) yield { at: from + at, phase: place }
    from += ms
  }
}

function* offsetsOf(phase: Phase, ms: number, random: () => number): Generator<number> {
  const { arrivalCount, arrivalRate = 0, rampTo, mode } = phase
  if (phase.pause !== undefined || ms === 0) return
  if (arrivalCount !== undefined) {
    for (let n = 0; n < arrivalCount; n += 1) yield (n * ms) / arrivalCount
    return
  }
  const rateAt = rampTo === undefined ? () => arrivalRate : ramp(arrivalRate, rampTo, ms)
  if (mode === 'poisson') return yield* poisson(rateAt, ms, random)
  // Where the integral of the rate passes a whole number, somebody arrives.
  let owed = 0
  for (let second = 0; second < ms; second += 1_000) {
    const length = Math.min(1_000, ms - second)
    const rate = rateAt(second)
    const due = (rate * length) / 1_000
    for (let next = Math.ceil(owed - 1e-9); next < owed + due - 1e-9; next += 1)
      yield second + ((next - owed) / rate) * 1_000
    owed += due
  }
}

/** The rate of each second, in even steps from the first to the last. */
function ramp(from: number, to: number, ms: number): (at: number) => number {
  const steps = Math.max(1, Math.ceil(ms / 1_000) - 1)
  return (at) => from + ((to - from) * Math.min(steps, Math.floor(at / 1_000))) / steps
}

/** Each wait is drawn for a rate of one and used up by the rate of each second it goes through. */
function* poisson(rateAt: (at: number) => number, ms: number, random: () => number): Generator<number> {
  const draw = () => -Math.log(1 - random())
  let at = 0
  let left = draw()
  while (at < ms) {
    const rate = rateAt(at) / 1_000
    const next = Math.min(ms, (Math.floor(at / 1_000) + 1) * 1_000)
    const due = rate * (next - at)
    if (left >= due) {
      left -= due
      at = next
    } else {
      at += left / rate
      left = draw()
      yield at
    }
  }
}
