import { resolve } from 'node:path'
import { typist } from '../../src/audit/actors.ts'
import { HelixError } from '../../src/errors.ts'
import type { Cargo } from '../../src/release/cargo.ts'
import type { ImageStore } from '../../src/release/image-store.ts'
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
    const store = await imagesHere(context, config.root)
    const found = await findImage(store, { name: image, commit })
    return target.registry === undefined
      ? savedImage(found, store, context.onClose)
      : pushedImage(found, store, target.registry)
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

/** What each needs to find its server, its images, the credentials of registries and the network. */
const OF_ENGINES =
  /^(?:PATH|HOME|TMPDIR|TEMP|TMP|USER|(?:DOCKER|CONTAINERS?|BUILDAH|STORAGE)_.+|REGISTRY_AUTH_FILE|XDG_(?:RUNTIME_DIR|CONFIG_HOME|DATA_HOME)|SSH_AUTH_SOCK|SystemRoot|https?_proxy|no_proxy)$/i

/** The images there are here. @throws HelixError `precondition_failed` where nothing has any */
async function imagesHere({ environment: all, signal, log }: Context, root: string): Promise<ImageStore> {
  const { findEngine } = await import('../../src/build/image.ts')
  const { imageStore } = await import('../../src/release/image-store.ts')
  const { loggedPrograms } = await import('../../src/programs.ts')
  const run = loggedPrograms(await log().audit(), typist())
  const environment = Object.fromEntries(Object.entries(all).filter(([name]) => OF_ENGINES.test(name)))
  const program = await findEngine({ root, environment, run })
  return imageStore(program, async (...args) =>
    (await run({ program, args, cwd: root, environment, signal })).trim(),
  )
}
