import { setTimeout as sleep } from 'node:timers/promises'
import { servedBefore } from '../serving.ts'
import type { Step } from '../steps.ts'
import type { Passage } from '../target.ts'
import { checkAnswer, pathsToAsk } from './check.ts'
import type { PageHost } from './host.ts'
import type { Page } from './page.ts'
import { askUrl } from './public.ts'

/** A release of the page on its way to a host. */
export interface PageRelease extends Passage {
  /** As one types it after `helix deploy`. */
  name: string
  host: PageHost
  /** The release as it is brought; for one that is gone back to, as it was. */
  page: () => Promise<Page>
  /** The address people open. */
  url: string
  watchMs: number
  /** How long what sits between a host and people may go on with what it had, in ms. */
  settleMs?: number
  /** Releases kept beside the one that serves and the one before it. */
  keep: number
  /** What may be gone back to, and so stays whatever its age. */
  spared: () => Promise<readonly string[]>
  note: (text: string) => void
}

const LOOK_MS = 2_000
const SETTLE_MS = 30_000

/** The steps of a release of the page, in order. */
export function pageSteps(given: PageRelease): Step[] {
  const { host, page, release, previous, back, keep, spared } = given
  const upload: Step = {
    name: 'upload',
    async plan() {
      const planned = await page()
      return (await host.plan(planned)).bring.map(({ where, command }) => ({
        where,
        what: `bring ${sizeOf(planned)}`,
        command,
      }))
    },
    async run() {
      const brought = await page()
      await host.accepts(brought)
      return host.bring(brought)
    },
    undo: () => host.drop(release),
  }
  const prune: Step = {
    name: 'prune',
    afterwards: true,
    plan: () => [],
    async run() {
      const { releases } = await host.look()
      const old = releases.filter((each) => each !== release && each !== previous)
      const kept = keep === 0 ? [] : old.slice(-keep)
      const before = previous === null ? [] : [previous]
      await host.keepOnly([release, ...before, ...kept, ...(await spared())])
      return undefined
    },
  }
  return [...(back ? [] : [upload]), probeStep(given), switchStep(given), watchStep(given), prune]
}

function sizeOf({ files }: Page): string {
  const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  return `${files.size} files, ${(bytes / 1e6).toFixed(1)} MB, beside those that serve`
}

function probeStep({ host, page, release, note }: PageRelease): Step {
  return {
    name: 'probe',
    gate: true,
    plan: () => [
      { where: 'here', what: 'ask it before anybody sees it: this release, its document, a script, headers' },
    ],
    async run() {
      const asked = await page()
      for (const path of pathsToAsk(asked)) {
        const answers = await host.ask(release, path)
        if (answers === undefined) {
          note('probe: the host shows nobody what does not serve yet; asked after the switch')
          return 'not asked: protected by its host'
        }
        for (const { from, answer } of answers) checkAnswer(asked, path, from, answer)
      }
      return undefined
    },
  }
}

function switchStep(given: PageRelease): Step {
  const { name, host, page, release, previous } = given
  const own = (machine: string) => servedBefore(name, machine, given)
  return {
    name: 'switch',
    gate: true,
    plan: async () =>
      (await host.plan(await page())).switchTo.map(({ where, command }) => ({
        where,
        what: `serve ${release}`,
        command,
      })),
    async run() {
      await host.switchTo(release)
      return undefined
    },
    undo: () => (previous === null ? host.switchOff(release) : host.switchBack(previous, own)),
  }
}

/** What people are answered may lag behind the switch; once it is the release, it must stay so. */
function watchStep({ page, url, watchMs, settleMs = SETTLE_MS, signal }: PageRelease): Step {
  return {
    name: 'watch',
    gate: true,
    plan: () => [
      {
        where: 'here',
        what: `ask ${url} as people do for ${watchMs / 1_000} s; if it is not this release as it must be, switch back`,
      },
    ],
    async run() {
      const asked = await page()
      const begun = performance.now()
      let good = false
      for (;;) {
        const failure = await askPublic(asked, url, signal).catch((error: unknown) => error)
        signal.throwIfAborted()
        const elapsed = performance.now() - begun
        if (failure && (good || elapsed > settleMs)) throw failure
        good = !failure
        if (good && elapsed >= watchMs) return undefined
        await sleep(LOOK_MS, undefined, { signal })
      }
    },
  }
}

async function askPublic(page: Page, url: string, signal: AbortSignal): Promise<void> {
  for (const path of pathsToAsk(page)) checkAnswer(page, path, url, await askUrl(`${url}${path}`, { signal }))
}
