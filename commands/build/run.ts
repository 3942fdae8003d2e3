import { join, resolve } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import type { BuiltImage } from '../../src/build/image.ts'
import type { ReleaseManifest } from '../../src/build/manifest.ts'
import type { Platform } from '../../src/build/node-binary.ts'
import type { Context } from '../context.ts'

interface Wanted {
  artefacts: readonly ('gateway' | 'web')[]
  allowDirty: boolean
  out: string | undefined
  platform?: Platform
  image?: string | true | undefined
}

/** What was built. */
export interface Built extends ReleaseManifest {
  /** Folder of the release. */
  folder: string
  image: BuiltImage | null
}

/** What a command that builds writes down. */
export const BUILD_ACTS = ['build.start', 'program.run.start'] as const

/** Builds what is wanted of the checkout one stands in; written down before and after. */
export async function runBuild(context: Context, wanted: Wanted): Promise<Built> {
  const { environment, signal, env } = context
  const { root } = await context.config()
  const log = context.log()
  const { loggedPrograms } = await import('../../src/programs.ts')
  const run = loggedPrograms(await log.audit(), typist())
  const { readSource } = await import('../../src/build/source.ts')
  const source = await readSource(root, { allowDirty: wanted.allowDirty, environment, run })
  const { release, commit } = source
  const folder = join(resolve(context.cwd, wanted.out ?? join(root, 'dist', 'releases')), release)
  const { artefacts, platform = 'linux-x64', image } = wanted
  const shared = { root, source, environment, run, signal }
  return log.act(
    'build.start',
    { release, commit, artefacts, platform },
    async () => {
      const { build } = await import('../../src/build/build.ts')
      const { secretValues } = await import('../../src/build/secret-values.ts')
      const secrets = await secretValues(root, environment)
      const onStep = (step: string) => context.note(step)
      const manifest = await build({ ...shared, artefacts, platform, env, out: folder, secrets, onStep })
      return { ...manifest, folder, image: image ? await imageOf(context, shared, image) : null }
    },
    (built) => ({ files: built.artefacts.map(({ file, sha256 }) => `${file} ${sha256}`) }),
  )
}

async function imageOf(
  { note }: Context,
  shared: Omit<Parameters<typeof import('../../src/build/image.ts').buildImage>[0], 'tag'>,
  image: string | true,
): Promise<BuiltImage> {
  note('image: building')
  const { buildImage } = await import('../../src/build/image.ts')
  return buildImage({ ...shared, tag: image === true ? 'helix-gateway:latest' : image })
}

/** What was built, for people. */
export function builtLines({ release, folder, artefacts, image }: Built, { colour }: Context): string {
  const lines = artefacts.map(
    ({ file, size, sha256 }) => `  ${file}  ${megabytes(size)}\n  ${colour.dim(`sha256 ${sha256}`)}`,
  )
  return [
    `${colour.green('✔')} Release ${colour.bold(release)} is in ${folder}`,
    ...lines,
    ...(image ? [`  image ${image.tag}, by ${image.engine}  ${colour.dim(image.id)}`] : []),
  ].join('\n')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
