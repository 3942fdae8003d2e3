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
    const text = await readFile(join(folder, release, 'manifest.json'), 'utf8').catch(() => undefined)
    const manifest = text === undefined ? undefined : (JSON.parse(text) as ReleaseManifest)
    if (!manifest || manifest.commit !== commit) continue
    const built = wanted.map(({ artefact, platform }) =>
      manifest.artefacts.find(
        (each) => each.artefact === artefact && (!platform || each.node?.platform === platform),
      ),
    )
    if (built.includes(undefined)) continue
    const archives = built.map((each) => readArchive(join(folder, release, each?.file ?? '')))
    return (await Promise.all(archives)) as { [K in keyof W]: Archive }
  }
  throw notBuilt(commit, wanted)
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

function notBuilt(commit: string | undefined, wanted: readonly Wanted[]): HelixError {
  const parts = wanted.map(({ artefact, platform }) => artefact + (platform ? ` for ${platform}` : ''))
  const [{ artefact = 'gateway' } = {}] = wanted
  return new HelixError(
    'precondition_failed',
    `Of commit ${commit?.slice(0, 7) ?? '(none)'} there is no build of ${parts.join(' and ')}`,
    {
      hint:
        wanted.length > 1
          ? 'Build them together, as one release.'
          : 'Build it first, or name what to bring with --archive.',
      next: [wanted.length > 1 ? 'helix build all --skip desktop' : `helix build ${artefact}`],
    },
  )
}

/** Looks at a packed release. @throws HelixError `usage` when there is no such file */
export async function readArchive(file: string): Promise<Archive> {
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile())
    throw new HelixError('usage', `There is no archive ${file}`, { next: ['helix build gateway'] })
  return { file, sha256: await sha256Of(file), bytes: found.size }
}
