import { endingLimitMs, LIMIT_MS } from '../../shell/limits.ts'
import { readable, type Script } from '../../shell/script.ts'
import { untilStopped } from '../../shell/until-stopped.ts'
import { allOf } from '../all-of.ts'
import type { Cargo } from '../cargo.ts'
import { type Level, levelBetween, NO_COUNTS, NO_LEVEL } from '../level.ts'
import { type Served, servedBefore } from '../serving.ts'
import type { ReleaseSettings } from '../settings.ts'
import type { PlannedChange, Step } from '../steps.ts'
import { boot } from './boot.ts'
import { change, type HeldPlace, type Place } from './place.ts'
import { probe } from './probe.ts'
import { prune } from './prune.ts'
import * as scripts from './scripts.ts'
import { askThroughTheDoors } from './stream-gate.ts'
import { countsOf, watch } from './watch.ts'

/** What is brought to machines of ours, and how careful to be. */
export interface VpsRelease {
  release: string
  /** What serves now; null before the first. */
  previous: string | null
  /** What machines served instead of that. */
  served?: Served
  /** Where to, in the order of the switch. */
  places: readonly HeldPlace[]
  /** The name people reach the gateway by, where it is known. */
  publicName: string | undefined
  archive: Cargo
  settings: ReleaseSettings
  bootMs: number
  watchMs: number
  drainMs: number
  /** Releases kept beside the one that serves and the one before it. */
  keep: number
  /** Releases that are kept besides, since they may be gone back to. */
  spared?: () => Promise<readonly string[]>
  signal: AbortSignal
  note: (text: string) => void
}

/** The steps of a release on machines of ours, but `backup` and `migrate`, which concern the database. */
export function vpsSteps(
  given: VpsRelease,
): Record<'env' | 'upload' | 'boot' | 'probe' | 'switch' | 'watch' | 'prune', Step> {
  const { release, previous, places, archive, bootMs, drainMs, signal } = given
  const everywhere = async (act: (place: HeldPlace) => Promise<unknown>) => {
    await allOf(stoppable(given).map(act))
    return undefined
  }
  const undoEverywhere = async (act: (place: HeldPlace) => Promise<unknown>) => {
    await allOf(places.map(act))
  }
  const planned = (what: string, command: (place: Place) => Script) => () =>
    places.map(
      (place): PlannedChange => ({ where: place.host.name, what, command: readable(command(place)) }),
    )
  return {
    env: {
      name: 'env',
      plan: planned('keep the settings of the release, for its user alone', ({ folder }) =>
        scripts.keepSettings(folder, release, 'env'),
      ),
      run: () => everywhere((place) => keepSettings(place, given)),
      undo: async () => {
        await undoEverywhere((place) =>
          change(place, 'remove the settings', scripts.forgetSettings(place.folder, release)),
        )
      },
    },
    upload: {
      name: 'upload',
      plan: () => [
        ...archive.here(release),
        ...planned(`bring ${(archive.bytes / 1e6).toFixed(1)} MB and unpack them`, ({ folder, runner }) =>
          runner.receive(folder, release, archive),
        )(),
      ],
      run: () =>
        everywhere(async (place) =>
          change(place, 'unpack the release', place.runner.receive(place.folder, release, archive), {
            input: await archive.open(release),
            timeoutMs: LIMIT_MS.bring,
          }),
        ),
      undo: async () => {
        await undoEverywhere((place) =>
          change(place, 'remove the release', place.runner.remove(place.folder, release)),
        )
      },
    },
    boot: {
      name: 'boot',
      gate: true,
      plan: planned(
        'start it beside what runs',
        ({ folder, runner }) => runner.start(folder, release, drainMs).act,
      ),
      run: () =>
        everywhere((place) =>
          boot(place, release, { bootMs, drainMs, signal, served: ownOf(place, given) === release }),
        ),
      undo: async () => {
        await undoEverywhere(async (place) => {
          if (ownOf(place, given) === release) return
          await change(place, 'stop the release', place.runner.stop(place.folder, release), {
            timeoutMs: endingLimitMs(drainMs),
          })
        })
      },
    },
    probe: {
      name: 'probe',
      gate: true,
      plan: () => [
        ...places.map(({ host }) => ({
          where: host.name,
          what: 'ask it over its own socket: healthy, this release, its database',
        })),
        {
          where: 'here',
          what: `ask it for one streamed reply through ${doorsOf(given)}, which must come as it is sent`,
        },
      ],
      async run() {
        await everywhere((place) => probe(place, release))
        return askThroughTheDoors(given, 'before')
      },
    },
    switch: switchStep(given),
    watch: watchStep(given),
    prune: {
      name: 'prune',
      afterwards: true,
      plan:
        previous === null
          ? () =>
              places.map(({ host }) => ({ where: host.name, what: 'nothing served before: nothing to end' }))
          : planned(`end ${previous} once its replies are whole`, ({ folder, runner }) =>
              runner.beginStop(folder, previous),
            ),
      run: () => everywhere((place) => prune(place, given)),
    },
  }
}

async function keepSettings(place: HeldPlace, { release, settings }: VpsRelease): Promise<void> {
  const keep = (file: scripts.SettingsFile, input: string) =>
    change(place, 'keep the settings', scripts.keepSettings(place.folder, release, file), { input })
  await keep('env', settings.env.reveal())
  await keep('config.ts', settings.config)
}

/** What a machine served before this; where it was the release itself, that must go on whatever comes of it. */
function ownOf({ host }: Place, given: VpsRelease): string | null {
  return servedBefore('gateway', host.name, given)
}

/** One machine after the other; should one fail, all that were switched go back. */
function switchStep(given: VpsRelease): Step {
  const { release, places } = given
  return {
    name: 'switch',
    gate: true,
    plan: () =>
      places.map(({ host, folder }) => ({
        where: host.name,
        what: `send new requests to ${release}`,
        command: readable(scripts.switchTo(folder, release)),
      })),
    async run() {
      for (const place of stoppable(given))
        await change(place, 'switch', scripts.switchTo(place.folder, release))
      return undefined
    },
    async undo() {
      await allOf(
        places.map((place) => {
          const own = ownOf(place, given)
          const back = own === null ? scripts.switchOff(place.folder) : scripts.switchBack(place.folder, own)
          return change(place, 'switch back', back)
        }),
      )
    },
  }
}

/** The machines as steps change them until the deploy is to end; what undoes them is not ended. */
function stoppable({ places, signal }: Pick<VpsRelease, 'places' | 'signal'>): HeldPlace[] {
  return places.map((place) => ({ ...place, host: untilStopped(place.host, signal) }))
}

function doorsOf({ publicName, places }: VpsRelease): string {
  const servers = `the web server of ${places.length === 1 ? 'the machine' : 'each machine'}`
  return publicName === undefined ? servers : `https://${publicName} and ${servers}`
}

function watchStep(given: VpsRelease): Step {
  const { release, previous, places, watchMs, signal, note } = given
  return {
    name: 'watch',
    gate: true,
    plan: () => [
      {
        where: 'here',
        what: `ask for that reply again${watched(watchMs)}; if it is worse than before, switch back everywhere`,
      },
    ],
    async run() {
      const told = await askThroughTheDoors(given, 'after')
      if (watchMs === 0) return told
      const levels = await allOf(
        stoppable(given).map(async (place) => {
          const before = previous === null ? NO_LEVEL : await levelOf(place, previous)
          const onLevel = (level: Level) => note(`${place.host.name}: ${tell(level)}`)
          return watch(place, release, before, { watchMs, signal, onLevel })
        }),
      )
      return levels.map((level, i) => `${places[i]?.host.name}: ${tell(level)}`).join('; ')
    },
  }
}

function watched(watchMs: number): string {
  if (watchMs === 0) return ''
  return `, then watch failures, cut streams, response times and first words for ${watchMs / 1_000} s`
}

/** How the release before has fared in all the time it ran. */
async function levelOf(place: HeldPlace, release: string): Promise<Level> {
  const counts = await countsOf(place, release).catch(() => undefined)
  return counts ? levelBetween(NO_COUNTS, counts) : NO_LEVEL
}

function tell({ requests, failedShare, p95Ms, firstTokenMs }: Level): string {
  const slow = Number.isNaN(p95Ms) ? '' : `, 95 % within ${p95Ms} ms`
  const words = Number.isNaN(firstTokenMs) ? '' : `, first words of 95 % within ${firstTokenMs} ms`
  return `${requests} requests, ${(failedShare * 100).toFixed(1)} % failed${slow}${words}`
}
