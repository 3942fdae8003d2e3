import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { HelixError } from '../errors.ts'
import type { Cargo } from './cargo.ts'
import type { Image, ImageStore } from './image-store.ts'

/** What the image of a release is called on its machine and in a registry; its tag is the release. */
export const REPOSITORY = 'helix-gateway'

/**
 * Finds the image of the gateway.
 * @param wanted its name; without it that which was built last of the commit
 * @throws HelixError `precondition_failed` when there is none here
 */
export async function findImage(
  store: ImageStore,
  { name, commit }: { name: string | undefined; commit: string | undefined },
): Promise<Image> {
  return store.look(name ?? (await newestOf(store, commit)))
}

async function newestOf(store: ImageStore, commit: string | undefined): Promise<string> {
  const newest = await store.newestWith(`org.opencontainers.image.revision=${commit}`)
  if (commit !== undefined && newest !== undefined) return newest
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
  { engine, words, ...store }: ImageStore,
  onClose: (close: () => Promise<void>) => void,
): Cargo {
  const save = once(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'helix-image-'))
    onClose(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'image.tar')
    await store.save(id, file)
    return file
  })
  const command = [engine, ...words.save(id, 'image.tar')].join(' ')
  return {
    sha256: id.replace('sha256:', ''),
    bytes,
    here: () => [{ where: 'here', what: 'pack the image', command }],
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
export function pushedImage(image: Image, { engine, words, ...store }: ImageStore, registry: string): Cargo {
  const { id, bytes } = image
  const repository = `${registry}/${REPOSITORY}`
  const push = once((release: string) => store.push(image, repository, release))
  return {
    sha256: id.replace('sha256:', ''),
    bytes,
    here: (release) => [
      {
        where: 'here',
        what: `push the image to ${registry}`,
        command: [engine, ...words.push(id, `${repository}:${release}`)].join(' '),
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
