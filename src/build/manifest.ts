import type { Source } from './source.ts'
import type { ListedFile } from './tree.ts'

/** What an artefact is, as `release.json` in it says. A gateway reads there which release it is. */
export interface ArtefactFacts {
  schemaVersion: 1
  artefact: 'gateway' | 'web'
  release: string
  version: string
  commit: string
  committedAt: string
  dirty: boolean
  /** The newest migration it knows: the schema it works on. */
  databaseSchema: string
  /** The Node in it; null where there is none. */
  node: { version: string; platform: string; sha256: string } | null
}

/** The same with everything that is in it but this, as `manifest.json` in it says. */
export interface ArtefactManifest extends ArtefactFacts {
  files: ListedFile[]
}

/** An artefact as a file. */
export interface BuiltArtefact {
  artefact: ArtefactManifest['artefact']
  file: string
  size: number
  sha256: string
  /** Of all files in it. */
  unpackedSize: number
  fileCount: number
  node: ArtefactManifest['node']
}

/** What one build made, as `manifest.json` beside the artefacts says. */
export interface ReleaseManifest extends Omit<ArtefactFacts, 'artefact' | 'node'> {
  artefacts: BuiltArtefact[]
}

/** What every manifest of a release says. */
export function factsOf(source: Source, databaseSchema: string): Omit<ReleaseManifest, 'artefacts'> {
  const { release, version, commit, committedAt, dirty } = source
  return {
    schemaVersion: 1,
    ...{ release, version, commit, dirty, databaseSchema },
    committedAt: committedAt.toISOString(),
  }
}

export function manifestText(manifest: ArtefactFacts | ReleaseManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
