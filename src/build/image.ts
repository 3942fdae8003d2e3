import { HelixError } from '../errors.ts'
import type { RunProgram } from '../programs.ts'
import type { Source } from './source.ts'
import type { Environment } from './surroundings.ts'

/** What builds container images, in the order they are looked for. */
const ENGINES = ['docker', 'podman', 'buildah'] as const
export type Engine = (typeof ENGINES)[number]

/** An image that was built. */
export interface BuiltImage {
  engine: Engine
  tag: string
  /** As the engine names it. */
  id: string
}

interface ImagePlan {
  root: string
  tag: string
  source: Source
  environment: Environment
  run: RunProgram
  signal: AbortSignal
}

/**
 * Builds the image of the `Dockerfile` with what there is.
 * @throws HelixError `precondition_failed` where there is nothing that builds images, `program_failed`
 */
export async function buildImage(plan: ImagePlan): Promise<BuiltImage> {
  const { root, tag, source, environment, signal } = plan
  const engine = await findEngine(plan)
  const run = (args: readonly string[]) => plan.run({ program: engine, args, cwd: root, environment, signal })
  await run(imageArguments(engine, tag, source))
  const id = await run(['inspect', '--type', 'image', '--format', ID_OF[engine], tag])
  return { engine, tag, id: id.trim() }
}

const ID_OF: Record<Engine, string> = { docker: '{{.Id}}', podman: '{{.Id}}', buildah: '{{.FromImageID}}' }

/** The words that build it. */
export function imageArguments(engine: Engine, tag: string, { release, commit }: Source): string[] {
  const labels = [
    `org.opencontainers.image.revision=${commit}`,
    `org.opencontainers.image.version=${release}`,
  ]
  return [
    // Of the formats of the other two, `docker` has health checks.
    ...(engine === 'docker' ? ['build'] : ['build', '--format', 'docker']),
    ...['--build-arg', `HELIX_RELEASE=${release}`],
    ...labels.flatMap((label) => ['--label', label]),
    ...['--tag', tag, '.'],
  ]
}

/**
 * The first that answers: a client without its server builds nothing, and has no image.
 * @throws HelixError `precondition_failed` where none does
 */
export async function findEngine({
  root,
  environment,
  run,
}: Pick<ImagePlan, 'root' | 'environment' | 'run'>): Promise<Engine> {
  for (const program of ENGINES) {
    const answers = await run({ program, args: ['info'], cwd: root, environment }).then(
      () => true,
      () => false,
    )
    if (answers) return program
  }
  throw new HelixError(
    'precondition_failed',
    `Nothing here has images: none of ${ENGINES.join(', ')} answers`,
    {
      hint: 'Install one of them and start it; what needs no image goes without.',
    },
  )
}
