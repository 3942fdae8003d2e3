import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../../errors.ts'
import { endingLimitMs } from '../../shell/limits.ts'
import { ask, stateOf } from './ask.ts'
import { lookAt } from './facts.ts'
import { change, type HeldPlace } from './place.ts'
import * as scripts from './scripts.ts'

const LOOK_MS = 2_000

interface Pruning {
  release: string
  previous: string | null
  keep: number
  /** What may be gone back to, however old it is. */
  spared?: () => Promise<readonly string[]>
  drainMs: number
  signal: AbortSignal
  note: (text: string) => void
}

/**
 * Ends every release but that one, once its open replies are whole, and removes the oldest; never one to go back to. On
 * a machine that was away more may run than the release before.
 * @throws HelixError `deploy_failed` where one of them does not end
 */
export async function prune(
  place: HeldPlace,
  { release, previous, keep, spared, ...rest }: Pruning,
): Promise<void> {
  if (previous !== null) await drain(place, previous, rest)
  const { releases: there } = await lookAt(place)
  for (const name of there.filter((each) => each !== release && each !== previous))
    if ((await stateOf(place, name)).state !== 'ended') await drain(place, name, rest)
  const kept = new Set([release, previous, ...((await spared?.()) ?? [])])
  const old = there.filter((name) => !kept.has(name))
  for (const name of old.slice(0, Math.max(0, old.length - keep))) {
    rest.signal.throwIfAborted()
    await change(place, `end ${name}`, place.runner.stop(place.folder, name), {
      timeoutMs: endingLimitMs(rest.drainMs),
    })
    await change(place, `remove ${name}`, place.runner.remove(place.folder, name))
    await change(place, `remove the settings of ${name}`, scripts.forgetSettings(place.folder, name))
  }
}

async function drain(
  place: HeldPlace,
  release: string,
  { drainMs, signal, note }: Pick<Pruning, 'drainMs' | 'signal' | 'note'>,
): Promise<void> {
  await change(place, `end ${release}`, place.runner.beginStop(place.folder, release))
  const mostMs = endingLimitMs(drainMs)
  const until = performance.now() + mostMs
  for (let told = -1; performance.now() < until; await sleep(LOOK_MS, undefined, { signal })) {
    if ((await stateOf(place, release)).state !== 'running') return
    const { body } = await ask(place, release, '/metrics').catch(() => ({ body: '' }))
    const open = Number(/^helix_open_replies(?:\{[^}]*\})? (\d+)/m.exec(body)?.[1] ?? Number.NaN)
    if (!Number.isNaN(open) && open !== told)
      note(`${place.host.name}: ${open} replies are finishing on ${release}`)
    told = open
  }
  throw new HelixError(
    'deploy_failed',
    `${release} on ${place.host.name} did not end within ${mostMs / 1_000} s`,
    {
      hint: 'It may still run beside the one that serves; look at its log there.',
      details: { host: place.host.name, release },
    },
  )
}
