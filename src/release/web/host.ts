import type { Serving } from '../serving.ts'
import type { Page, PageNote } from './page.ts'

/** What a host answered. */
export interface PageAnswer {
  status: number
  /** By name in lower case. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** What a host has of the page. */
export interface PageFacts {
  /** By machine, where it has several. */
  serving: readonly Serving[]
  /** Releases that are there on all of them, oldest first. */
  releases: string[]
}

/** A command as a plan shows it, and where it would run. */
interface Planned {
  where: string
  command: string
}

/** Where the page is served from. Each act may be called again, and then ends as if it had been called once. */
export interface PageHost {
  look(): Promise<PageFacts>
  /** What it says of the page it serves; undefined before the first of ours. */
  note(): Promise<PageNote | undefined>
  /** @throws HelixError `precondition_failed` when this page could not be served as it must be */
  accepts(page: Page): Promise<void>
  /** Brings the page beside what serves, for nobody to see yet; resolves to what is worth a line in the log. */
  bring(page: Page): Promise<string | undefined>
  drop(release: string): Promise<void>
  /**
   * Asks each of its machines for a file of a release, whether or not that serves; undefined where it shows nobody but
   * its owner what does not serve.
   */
  ask(release: string, path: string): Promise<{ from: string; answer: PageAnswer }[] | undefined>
  switchTo(release: string): Promise<void>
  /**
   * Serves what served before; nothing on a machine that came along and never had it.
   * @param own what each of its machines served, where it has several
   */
  switchBack(release: string, own: (machine: string) => string | null): Promise<void>
  /** Serves nothing again in place of the first release. @throws HelixError `host_failed` where that cannot be had */
  switchOff(release: string): Promise<void>
  /** Removes all releases but these; never what serves. */
  keepOnly(releases: readonly string[]): Promise<void>
  /** How the acts look in a plan. */
  plan(page: Page): Promise<Record<'bring' | 'switchTo', Planned[]>>
}
