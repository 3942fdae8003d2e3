import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseManifest } from '../build/manifest.ts'
import { sha256Of } from '../build/tree.ts'
import { HelixError } from '../errors.ts'

/** A built part of a release, packed. */
export interface Archive {
  file: string
  sha256: string
  bytes: number
}

/** Where builds of a checkout are. */
const RELEASES = 'dist/releases'

/** What of a release is looked for among what was built. */
interface Wanted {
  artefact: 'gateway' | 'web'
  /** Of a gateway: for which machines. */
  platform?: string
}

/**
 * Finds what was built of a commit, all of it in one go.
 * @throws HelixError `precondition_failed` when that commit was not built so
 */
export async function builtParts<const W extends readonly Wanted[]>(
  root: string,
  commit: string | undefined,
  wanted: W,
): Promise<{ [K in keyof W]: Archive }> {
  const folder = join(root, RELEASES)
  for (const release of await readdir(folder).catch(() => [])) {
    const found = await partsIn(join(folder, release), wanted, commit)
    if (found) return found
  }
  throw notBuilt(`Of commit ${commit?.slice(0, 7) ?? '(none)'}`, wanted)
}

/** The parts in the folder of a built release. @throws HelixError `precondition_failed` where they are not all there */
export async function readParts<const W extends readonly Wanted[]>(
  folder: string,
  wanted: W,
): Promise<{ [K in keyof W]: Archive }> {
  const found = await partsIn(folder, wanted)
  if (found) return found
  throw notBuilt(`In ${folder}`, wanted)
}

async function partsIn<const W extends readonly Wanted[]>(
  folder: string,
  wanted: W,
  commit?: string,
): Promise<{ [K in keyof W]: Archive } | undefined> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined)
  const manifest = text === undefined ? undefined : (JSON.parse(text) as ReleaseManifest)
  if (!manifest || (commit !== undefined && manifest.commit !== commit)) return undefined
  const built = wanted.map(({ artefact, platform }) =>
    manifest.artefacts.find(
      (each) => each.artefact === artefact && (!platform || each.node?.platform === platform),
    ),
  )
  if (built.includes(undefined)) return undefined
  const archives = await Promise.all(built.map((each) => readArchive(join(folder, each?.file ?? ''))))
  return archives as { [K in keyof W]: Archive }
}

/**
 * Finds the built gateway of a commit.
 * @throws HelixError `precondition_failed` when that commit was not built for machines of that platform
 */
export async function builtGateway(
  root: string,
  commit: string | undefined,
  platform = 'linux-x64',
): Promise<Archive> {
  const [gateway] = await builtParts(root, commit, [{ artefact: 'gateway', platform }])
  return gateway
}

function notBuilt(where: string, wanted: readonly Wanted[]): HelixError {
  const parts = wanted.map(({ artefact, platform }) => artefact + (platform ? ` for ${platform}` : ''))
  const [{ artefact = 'gateway' } = {}] = wanted
  return new HelixError('precondition_failed', `${where} there is no build of ${parts.join(' and ')}`, {
    hint:
      wanted.length > 1
        ? 'Build them together, as one release.'
        : 'Build it first, or name what to bring with --archive.',
    next: [wanted.length > 1 ? 'helix build all --skip desktop' : `helix build ${artefact}`],
  })
}

/** Looks at a packed release. @throws HelixError `usage` when there is no such file */
export async function readArchive(file: string): Promise<Archive> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile())
    throw new HelixError('usage', `There is no archive ${file}`, { next: ['helix build gateway'] })
  return { file, sha256: await sha256Of(file), bytes: found.size }
}
