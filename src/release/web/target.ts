import { HelixError } from '../../errors.ts'
import { giveBack, type Held, holdAll, type Lockable, unheld } from '../hold.ts'
import { journalOnAll } from '../journal.ts'
import { readLock } from '../lock.ts'
import { progressOf, worthKeeping } from '../progress.ts'
import { currentOf, replacedIn, servedBeside } from '../serving.ts'
import type { Passage, Target } from '../target.ts'
import type { PageHost } from './host.ts'
import { type BuiltPage, NOTE_PATH, type Page, PageNote, pageAfter } from './page.ts'
import { type PageRelease, pageSteps } from './steps.ts'

/** A page, and how it is brought. */
export interface PageDeploy extends Pick<PageRelease, 'url' | 'watchMs' | 'settleMs' | 'keep' | 'note'> {
  /** As one types it after `helix deploy`. */
  name: string
  /** SHA-256 of the archive. */
  archive: string
  built: () => Promise<BuiltPage>
  /** Where its lock and its journal are kept: its machines, or for a host of others one of ours. */
  keepers: readonly Lockable[]
  open: (keepers: readonly Held[]) => PageHost
}

/** The host of a page, as a release is brought to it. */
export function pageTarget(given: PageDeploy): Target {
  const { name, archive, keepers, open } = given
  const [first] = keepers
  if (!first) throw new HelixError('usage', 'No machine to deploy to')
  const unlocked = open(keepers.map(unheld))
  return {
    name,
    archive,
    journal: journalOnAll(keepers),
    lockedBy: async () => (await readLock(first.host, first.folder)) ?? null,
    current: async () =>
      currentOf(
        (await unlocked.look()).serving,
        () => `Bring them together first: helix rollback <release> --part ${name}.`,
      ),
    async replacedBy(release) {
      const { serving, releases } = await unlocked.look()
      const replaced = replacedIn(serving, release)
      if (releases.includes(release)) return replaced
      throw new HelixError('precondition_failed', `${release} is not there any more`, {
        hint: `There ${releases.length === 1 ? 'is' : 'are'} ${releases.join(', ') || 'none'}.`,
        next: ['helix releases'],
      })
    },
    servedBeside: async (release) => servedBeside(name, (await unlocked.look()).serving, release),
    async ready(passage) {
      await unlocked.accepts(await pageOf(given, unlocked, passage))
    },
    plan: (passage) => stepsOf(given, unlocked, passage),
    async hold(request, options) {
      const held = await holdAll(keepers, request, options)
      const host = open(held)
      return {
        token: held[0]?.lock.token ?? 0,
        signal: AbortSignal.any(held.map(({ lock }) => lock.signal)),
        journal: journalOnAll(held),
        steps: (passage) => stepsOf(given, host, passage),
        giveBack: () => giveBack(held),
      }
    },
  }
}

/** The release as it is brought; for one that is gone back to, as it was. */
async function pageOf(
  { built }: Pick<PageDeploy, 'built'>,
  host: PageHost,
  { release, back }: Pick<Passage, 'release' | 'back'>,
): Promise<Page> {
  if (back) return pageThere(host, release)
  const [page, served] = await Promise.all([built(), host.note()])
  return pageAfter(page, release, served)
}

function stepsOf(given: PageDeploy, host: PageHost, passage: Passage) {
  const { release } = passage
  let known: Promise<Page> | undefined
  const page = () => {
    known ??= pageOf(given, host, passage)
    return known
  }
  const spared = async () => worthKeeping(progressOf(await journalOnAll(given.keepers).read()), release)
  return pageSteps({ ...given, ...passage, host, page, spared })
}

/** A release that is on the host already, as far as it tells of itself. */
async function pageThere(host: PageHost, release: string): Promise<Page> {
  const told = async (path: string) => {
    const [first] = (await host.ask(release, `/${path}`)) ?? []
    return first?.answer.status === 200 ? JSON.parse(first.answer.body.toString()) : undefined
  }
  const note = PageNote.safeParse(await told(NOTE_PATH)).data ?? {
    ...{ release, build: '', assets: {}, earlier: [] },
  }
  const rules = (await told('headers.json')) ?? []
  return { build: note.build, files: new Map(), rules, release, note }
}
