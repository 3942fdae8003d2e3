import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ArtefactFacts } from '../../build/manifest.ts'
import { untar } from '../../build/untar.ts'
import { HelixError } from '../../errors.ts'
import { type HeaderRule, ruleFor } from '../../web/hosts.ts'

const Assets = z.record(z.string(), z.object({ sha1: z.string(), size: z.number().int() }))

/** What a host says of the page it serves, at `/release.json`: by it the next deploy knows which files to keep. */
export const PageNote = z.object({
  release: z.string(),
  /** What was built, as `helix build` names it. */
  build: z.string(),
  assets: Assets,
  /** The releases that served before it, newest first, whose assets are there as well. */
  earlier: z.array(z.object({ release: z.string(), assets: Assets })),
})
export type PageNote = z.infer<typeof PageNote>

export const NOTE_PATH = 'release.json'
/** Releases whose assets a host keeps beside those of the one that serves. */
const EARLIER = 2

/** The built page, as one archive holds it. */
export interface BuiltPage {
  /** Release of the build, `0.1.0+4dd14f2`. */
  build: string
  /** By path below the root, as in `assets/index-1a2b3c.js`. */
  files: ReadonlyMap<string, Buffer>
  /** The headers it must be sent with. */
  rules: readonly HeaderRule[]
}

/** A built page as one release of it: with a note of what it is, and of what is kept of those before. */
export interface Page extends BuiltPage {
  release: string
  note: PageNote
}

/**
 * Reads the page out of the archive `helix build web` made.
 * @param folder `web` or `status`: which of its pages
 * @throws HelixError `precondition_failed` when it holds no such page
 */
export async function readPage(archive: string, folder: 'web' | 'status' = 'web'): Promise<BuiltPage> {
  const all = await untar(archive)
  const inside = [...all].flatMap(([path, content]) =>
    path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), content] as const] : [],
  )
  const files = new Map(inside)
  const facts = all.get('release.json')
  const rules = files.get('headers.json')
  if (!facts || !rules || !files.has('index.html'))
    throw new HelixError(
      'precondition_failed',
      `${archive} holds no ${folder === 'web' ? '' : `${folder} `}page`,
      { next: ['helix build web'] },
    )
  const { release } = JSON.parse(facts.toString()) as ArtefactFacts
  return { build: release, files, rules: JSON.parse(rules.toString()) as HeaderRule[] }
}

/** The page as the release that follows what a host serves now. */
export function pageAfter(built: BuiltPage, release: string, served: PageNote | undefined): Page {
  const assets = Object.fromEntries(
    [...built.files]
      .filter(([path]) => path.startsWith('assets/'))
      .map(([path, content]) => [path, { sha1: sha1Of(content), size: content.length }]),
  )
  const before = served ? [{ release: served.release, assets: served.assets }, ...served.earlier] : []
  const earlier = before.filter((each) => each.release !== release).slice(0, EARLIER)
  const note: PageNote = { release, build: built.build, assets, earlier }
  const files = new Map(built.files).set(NOTE_PATH, Buffer.from(`${JSON.stringify(note)}\n`))
  return { ...built, files, release, note }
}

/** The assets of earlier releases that are not among the page's own, by path. */
export function keptAssets({ files, note }: Page): PageNote['assets'] {
  const all = note.earlier.toReversed().flatMap(({ assets }) => Object.entries(assets))
  return Object.fromEntries(all.filter(([path]) => !files.has(path)))
}

/** The policy of the page: what its documents may do. */
export function policyOf({ rules }: BuiltPage): string {
  return ruleFor(rules, '/')?.headers['Content-Security-Policy'] ?? ''
}

export function sha1Of(content: Buffer): string {
  return createHash('sha1').update(content).digest('hex')
}
