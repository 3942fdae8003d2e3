import { createWriteStream } from 'node:fs'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { findLeaks, refuseLeaks } from './leaks.ts'
import {
  type ArtefactManifest,
  type BuiltArtefact,
  factsOf,
  manifestText,
  type ReleaseManifest,
} from './manifest.ts'
import { type Source, schemaVersion } from './source.ts'
import { emptied, type Stage, stageGateway, stageWeb } from './stage.ts'
import { tarOf } from './tar.ts'
import { listTree, sha256Of } from './tree.ts'

/** What is built, and where it goes. */
export interface BuildPlan extends Omit<Stage, 'folder' | 'committedAt'> {
  source: Source
  artefacts: readonly ArtefactManifest['artefact'][]
  /** Folder of the release; what another build left there goes. */
  out: string
  /** Values that must not be in what is built, by name. */
  secrets: ReadonlyMap<string, string>
}

/**
 * Builds the artefacts of one release and resolves to its manifest. The same commit makes the same bytes. What was
 * there before stays until everything is built.
 * @throws HelixError `program_failed`, `findings` for secrets in it, `precondition_failed`
 */
export async function build(plan: BuildPlan): Promise<ReleaseManifest> {
  const { out, source, root, artefacts } = plan
  const making = await emptied(`${out}.making`)
  try {
    const facts = factsOf(source, schemaVersion(root))
    const built: BuiltArtefact[] = []
    for (const artefact of artefacts) built.push(await buildOne(plan, artefact, facts, making))
    const manifest: ReleaseManifest = { ...facts, artefacts: built }
    await writeFile(join(making, 'manifest.json'), manifestText(manifest))
    await rm(out, { recursive: true, force: true })
    await rename(making, out)
    return manifest
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function buildOne(
  plan: BuildPlan,
  artefact: ArtefactManifest['artefact'],
  facts: Omit<ReleaseManifest, 'artefacts'>,
  making: string,
): Promise<BuiltArtefact> {
  const { source, platform, secrets, onStep } = plan
  const folder = await emptied(join(making, artefact))
  const stage = {
    ...plan,
    folder,
    committedAt: source.committedAt,
    onStep: (step: string) => onStep(`${artefact}: ${step}`),
  }
  const node = artefact === 'gateway' ? await gatewayIn(stage) : null
  if (artefact === 'web') await stageWeb(stage)
  await writeFile(join(folder, 'release.json'), manifestText({ ...facts, artefact, node }))
  stage.onStep('looking for secrets')
  const listed = await listTree(folder)
  refuseLeaks(await findLeaks(listed, secrets))
  const files = listed.map(({ file: _, ...one }) => one)
  const manifest: ArtefactManifest = { ...facts, artefact, node, files }
  await writeFile(join(folder, 'manifest.json'), manifestText(manifest))
  stage.onStep('packing')
  const name = `helix-${artefact}-${source.release}${node ? `-${platform}` : ''}.tar.gz`
  await pack(folder, join(making, name), source.committedAt)
  await rm(folder, { recursive: true })
  const { size } = await stat(join(making, name))
  const unpackedSize = files.reduce((sum, one) => sum + one.size, 0)
  const sha256 = await sha256Of(join(making, name))
  return { artefact, file: name, size, sha256, unpackedSize, fileCount: files.length, node }
}

async function gatewayIn(stage: Stage): Promise<NonNullable<ArtefactManifest['node']>> {
  const { nodeVersion } = await stageGateway(stage)
  const sha256 = await sha256Of(join(stage.folder, 'bin', 'node'))
  return { version: nodeVersion, platform: stage.platform, sha256 }
}

async function pack(folder: string, file: string, at: Date): Promise<void> {
  const entries = await listTree(folder)
  await pipeline(Readable.from(tarOf(entries, at)), createGzip({ level: 6 }), createWriteStream(file))
}
