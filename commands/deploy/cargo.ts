import { resolve } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import { HelixError } from '../../src/errors.ts'
import type { Cargo } from '../../src/release/cargo.ts'
import type { Docker } from '../../src/release/image.ts'
import type { Context } from '../context.ts'
import { gatewayTarget } from './target.ts'

/** What to bring, as it was typed. */
export interface Named {
  archive: string | undefined
  image: string | undefined
}

/**
 * What is brought to the machines of the gateway: an image where they run Docker, else an archive.
 * @throws HelixError `usage` when the other was named, `precondition_failed` when nothing was built
 */
export async function cargoOf(
  context: Context,
  { archive, image }: Named,
  commit: string | undefined,
): Promise<Cargo> {
  const config = await context.config()
  const target = gatewayTarget(config)
  if (target.type === 'docker') {
    if (archive !== undefined) throw wrongKind('--archive', 'Docker', '--image')
    const { findImage, pushedImage, savedImage } = await import('../../src/release/image.ts')
    const docker = await dockerHere(context, config.root)
    const found = await findImage(docker, { name: image, commit })
    return target.registry === undefined
      ? savedImage(found, docker, context.onClose)
      : pushedImage(found, docker, target.registry)
  }
  if (image !== undefined) throw wrongKind('--image', 'no Docker', '--archive')
  const { builtGateway, readArchive } = await import('../../src/release/archive.ts')
  const { packed } = await import('../../src/release/cargo.ts')
  return packed(
    archive === undefined
      ? await builtGateway(config.root, commit)
      : await readArchive(resolve(context.cwd, archive)),
  )
}

function wrongKind(given: string, runs: string, instead: string): HelixError {
  return new HelixError('usage', `${given} says nothing to machines with ${runs}`, {
    hint: `Name what to bring with ${instead}, or leave it to what was built of this commit.`,
  })
}

/** What Docker's client needs to find its server, its registries' credentials and the network. */
const OF_DOCKER =
  /^(?:PATH|HOME|TMPDIR|TEMP|TMP|USER|DOCKER_.+|XDG_(?:RUNTIME_DIR|CONFIG_HOME)|SSH_AUTH_SOCK|SystemRoot|https?_proxy|no_proxy)$/i

async function dockerHere({ environment, signal, log }: Context, root: string): Promise<Docker> {
  const { loggedPrograms } = await import('../../src/programs.ts')
  const run = loggedPrograms(await log().audit(), typist())
  const seen = Object.fromEntries(Object.entries(environment).filter(([name]) => OF_DOCKER.test(name)))
  return async (...args) => {
    const printed = await run({ program: 'docker', args, cwd: root, environment: seen, signal })
    return printed.trim()
  }
}
