import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Picture } from '../src/monitor/picture.ts'
import type { Context } from './context.ts'
import { defineCommand, option } from './define.ts'
import { knownGateways } from './gateway-hosts.ts'
import { hostOption } from './health/options.ts'

const PLAIN_WIDTH = 120
/** A first look has nothing to compare with, so it tells of no rates: what is shown is a second one, so much later. */
const APART_MS = 1_000

export default defineCommand({
  examples: [
    ['helix monitor', 'watch the gateway here'],
    ['helix monitor --env production', 'watch all gateways of production'],
    ['helix monitor --once', 'one look, as text'],
    ['helix monitor --json', 'one JSON object a look'],
  ],
  description:
    'Shows every gateway and all together: how they are, response times and times to the first words, errors, open ' +
    'streams, cost, what waits, and the latest alerts. What all do together is asked as the creator; each gateway by ' +
    'itself with HELIX_METRICS_TOKEN. A gateway that is away keeps nothing from being shown. Off a terminal it shows one look.',
  options: {
    host: hostOption,
    every: option('--every <seconds>', 'how often it looks', z.coerce.number().min(1).max(3_600).default(5)),
    once: option('--once', 'show one look, after a second, and end', z.boolean().default(false)),
  },
  streams: true,
  async run({ host, every, once }, context) {
    const hosts = await knownGateways(context, host, 'helix monitor')
    const look = await openMonitor(hosts, every, context)
    if (context.json) return emitPictures(look, { every, once }, context)
    if (once || context.stdout.isTTY !== true) return printPicture(await lookTwice(look, context), context)
    await watch(look, every, context)
  },
})

type Look = () => Promise<Picture>

async function openMonitor(hosts: readonly string[], every: number, context: Context): Promise<Look> {
  const { createMonitor } = await import('../src/monitor/monitor.ts')
  const { env, metrics, thresholds } = await context.config()
  return createMonitor({
    env,
    hosts,
    fetch: globalThis.fetch,
    token: metrics.token?.reveal(),
    timeoutMs: Math.min(10_000, Math.max(2_000, every * 1_000)),
    slowMs: thresholds.responseMs,
    signal: context.signal,
    admin: async () => (await context.gateway()).client.admin,
  })
}

async function emitPictures(
  look: Look,
  { every, once }: { every: number; once: boolean },
  context: Context,
): Promise<void> {
  const { emit, signal } = context
  if (once) return emit(await lookTwice(look, context))
  for (;;) {
    emit(await look())
    if (signal.aborted) return
    await sleep(every * 1_000, undefined, { signal })
  }
}

async function lookTwice(look: Look, { signal }: Context): Promise<Picture> {
  await look()
  await sleep(APART_MS, undefined, { signal })
  return look()
}

async function printPicture(picture: Picture, { stdout, colour }: Context): Promise<void> {
  const { layOut } = await import('../src/monitor/layout.ts')
  const width = (stdout as { columns?: number }).columns ?? PLAIN_WIDTH
  stdout.write(`${layOut(picture, { colour, width }).join('\n')}\n`)
}

/** Shows the screen again and again: what a key opens takes its place meanwhile. */
async function watch(look: Look, every: number, context: Context): Promise<void> {
  const { createPictures } = await import('./monitor/pictures.ts')
  const { openScreen } = await import('./monitor/screen.ts')
  const { logsAside, maintenanceAside } = await import('./monitor/aside.ts')
  const pictures = createPictures()
  for (;;) {
    const wishes = createWishes(context.signal)
    const looking = keepLooking(look, every, pictures.put, wishes.signal)
    const screen = openScreen({
      ...context,
      pictures,
      onWish: (wish) => (wish === 'look' ? looking.now() : wishes.make(wish)),
    })
    const wish = await wishes.made
    await screen.close()
    await looking.ended
    if (wish === 'quit') return
    await (wish === 'logs' ? logsAside(context) : maintenanceAside(context))
    if (context.signal.aborted) return
  }
}

type Leaving = 'quit' | 'logs' | 'maintenance'

/** The first wish to leave the screen; to be asked to end is one, too. */
function createWishes(signal: AbortSignal) {
  const left = new AbortController()
  const { promise, resolve } = Promise.withResolvers<Leaving>()
  const make = (wish: Leaving) => {
    left.abort()
    resolve(wish)
  }
  if (signal.aborted) make('quit')
  signal.addEventListener('abort', () => make('quit'), { once: true })
  return { made: promise, make, signal: left.signal }
}

function keepLooking(look: Look, every: number, put: (picture: Picture) => void, signal: AbortSignal) {
  let hurry = new AbortController()
  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const picture = await look().catch(() => undefined)
      if (picture && !signal.aborted) put(picture)
      await sleep(every * 1_000, undefined, { signal: AbortSignal.any([signal, hurry.signal]) }).catch(
        () => {},
      )
      hurry = new AbortController()
    }
  }
  return { ended: loop(), now: () => hurry.abort() }
}
