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

/**
 * Finds the built gateway of a commit.
 * @throws HelixError `precondition_failed` when that commit was not built for machines of that platform
 */
export async function builtGateway(
  root: string,
  commit: string | undefined,
  platform = 'linux-x64',
): Promise<Archive> {
  const folder = join(root, RELEASES)
  for (const release of await readdir(folder).catch(() => [])) {
    const text = await readFile(join(folder, release, 'manifest.json'), 'utf8').catch(() => undefined)
    const manifest = text === undefined ? undefined : (JSON.parse(text) as ReleaseManifest)
    const built = manifest?.artefacts.find(
      ({ artefact, node }) => artefact === 'gateway' && node?.platform === platform,
    )
    if (built && manifest?.commit === commit) return readArchive(join(folder, release, built.file))
  }
  throw new HelixError(
    'precondition_failed',
    `Commit ${commit?.slice(0, 7) ?? '(none)'} was not built for ${platform}`,
    {
      hint: 'Build it first, or name what to bring with --archive.',
      next: ['helix build gateway'],
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
