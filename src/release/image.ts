import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { z } from 'zod'
import { HelixError } from '../errors.ts'
import type { Cargo } from './cargo.ts'

/** What the image of a release is called on its machine and in a registry; its tag is the release. */
export const REPOSITORY = 'helix-gateway'

/** Runs Docker here with these words, and resolves to what it printed. @throws HelixError `program_failed` */
export type Docker = (...words: string[]) => Promise<string>

const Image = z.object({
  id: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  bytes: z.number(),
  names: z.array(z.string()).nullable(),
})
/** An image there is here. */
export type Image = z.infer<typeof Image>

const FORMAT = '{"id":{{json .Id}},"bytes":{{json .Size}},"names":{{json .RepoTags}}}'

/**
 * Finds the image of the gateway.
 * @param wanted its name; without it that which was built last of the commit
 * @throws HelixError `precondition_failed` when there is none here, or no Docker
 */
export async function findImage(
  docker: Docker,
  { name, commit }: { name: string | undefined; commit: string | undefined },
): Promise<Image> {
  const wanted = name ?? (await newestOf(docker, commit))
  return Image.parse(JSON.parse(await docker('image', 'inspect', '--format', FORMAT, wanted)))
}

async function newestOf(docker: Docker, commit: string | undefined): Promise<string> {
  const label = `label=org.opencontainers.image.revision=${commit}`
  const [newest] = (await docker('image', 'ls', '--quiet', '--no-trunc', '--filter', label)).split('\n')
  if (commit !== undefined && newest) return newest
  throw new HelixError(
    'precondition_failed',
    `There is no image of commit ${commit?.slice(0, 7) ?? '(none)'} here`,
    {
      hint: 'Build it first, or name what to bring with --image.',
      next: ['helix build gateway --image'],
    },
  )
}

/** An image that goes to the machines itself, packed: they need no registry. */
export function savedImage(
  { id, bytes }: Image,
  docker: Docker,
  onClose: (close: () => Promise<void>) => void,
): Cargo {
  const save = once(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'helix-image-'))
    onClose(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'image.tar')
    await docker('save', '--output', file, id)
    return file
  })
  return {
    sha256: id.replace('sha256:', ''),
    bytes,
    here: () => [{ where: 'here', what: 'pack the image', command: `docker save ${id}` }],
    async open() {
      const packed = createGzip({ level: 1 })
      pipeline(createReadStream(await save()), packed, () => {})
      return packed
    },
  }
}

/**
 * An image that goes through a registry. The machines are told its digest, so that they run what was pushed and nothing
 * that somebody gave its name since.
 * @param registry where it is pushed: `registry.example.com/helix`
 */
export function pushedImage({ id, bytes, names }: Image, docker: Docker, registry: string): Cargo {
  const repository = `${registry}/${REPOSITORY}`
  const push = once(async (release: string) => {
    const name = `${repository}:${release}`
    await docker('tag', id, name)
    await docker('push', name)
    const digests = await docker('image', 'inspect', '--format', '{{join .RepoDigests "\\n"}}', name)
    // The name was for the registry; one without any other would take the image with it.
    if (names?.length) await docker('rmi', name)
    return digests.split('\n').find((digest) => digest.startsWith(`${repository}@`)) ?? name
  })
  return {
    sha256: id.replace('sha256:', ''),
    bytes,
    here: (release) => [
      {
        where: 'here',
        what: `push the image to ${registry}`,
        command: `docker push ${repository}:${release}`,
      },
    ],
    open: async (release) => Readable.from([`${await push(release)}\n`]),
  }
}

/** The first call does it; those after it share what came of that. */
function once<A extends unknown[], T>(act: (...given: A) => Promise<T>): (...given: A) => Promise<T> {
  let first: Promise<T> | undefined
  return (...given) => {
    first ??= act(...given)
    return first
  }
}
