import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Engine } from '../build/image.ts'

/** Runs a program with these words, and resolves to what it printed. @throws HelixError `program_failed` */
export type RunWords = (...words: string[]) => Promise<string>

const Id = z.string().regex(/^sha256:[0-9a-f]{64}$/)
/** As podman and buildah have it. */
const BareId = z
  .string()
  .transform((id) => `sha256:${id}`)
  .pipe(Id)

const Image = z.object({ id: Id, bytes: z.number(), names: z.array(z.string()).nullable() })
/** An image there is here. */
export type Image = z.infer<typeof Image>

/** The images there are here, as what builds them keeps them. */
export interface ImageStore {
  readonly engine: Engine
  /** @throws HelixError `program_failed` where there is none of this name */
  look(name: string): Promise<Image>
  /** Of those with this label, the one that was built last. */
  newestWith(label: string): Promise<string | undefined>
  /** Packs one as `docker load` takes it, without a name. */
  save(id: string, file: string): Promise<void>
  /** Brings one into a registry under a name, and resolves to that name by digest, where it is told. */
  push(image: Image, repository: string, tag: string): Promise<string>
  /** The words that do it, for a plan. */
  readonly words: { save(id: string, file: string): string[]; push(id: string, name: string): string[] }
}

/** The images of an engine. @param run runs that engine */
export function imageStore(engine: Engine, run: RunWords): ImageStore {
  if (engine === 'docker') return dockerStore(run)
  return containersStore(engine, engine === 'podman' ? podmanLook(run) : buildahLook(run), run)
}

const FORMAT = '{"id":{{json .Id}},"bytes":{{json .Size}},"names":{{json .RepoTags}}}'

function dockerStore(run: RunWords): ImageStore {
  const words: ImageStore['words'] = {
    save: (id, file) => ['save', '--output', file, id],
    push: (_id, name) => ['push', name],
  }
  return {
    ...{ engine: 'docker', words },
    look: async (name) => Image.parse(JSON.parse(await run('image', 'inspect', '--format', FORMAT, name))),
    newestWith: async (label) =>
      firstOf(await run('image', 'ls', '--quiet', '--no-trunc', '--filter', `label=${label}`)),
    async save(id, file) {
      await run(...words.save(id, file))
    },
    async push({ id, names }, repository, tag) {
      const name = `${repository}:${tag}`
      await run('tag', id, name)
      await run(...words.push(id, name))
      const digests = await run('image', 'inspect', '--format', '{{join .RepoDigests "\\n"}}', name)
      // The name was for the registry; one without any other would take the image with it.
      if (names?.length) await run('rmi', name)
      return digests.split('\n').find((digest) => digest.startsWith(`${repository}@`)) ?? name
    },
  }
}

/** Podman and buildah keep images in the same way, and tell of them each in its own. */
function containersStore(
  engine: 'podman' | 'buildah',
  look: (name: string) => Promise<Image>,
  run: RunWords,
): ImageStore {
  const words: ImageStore['words'] = {
    // What podman calls `save`, buildah has under this name alone.
    save: (id, file) => ['push', '--quiet', bare(id), `docker-archive:${file}`],
    push: (id, name) => ['push', '--quiet', bare(id), `docker://${name}`],
  }
  return {
    ...{ engine, look, words },
    newestWith: async (label) =>
      firstOf(await run('images', '--quiet', '--no-trunc', '--filter', `label=${label}`)),
    async save(id, file) {
      await run(...words.save(id, file))
    },
    async push({ id }, repository, tag) {
      const name = `${repository}:${tag}`
      const [act = '', ...more] = words.push(id, name)
      const folder = await mkdtemp(join(tmpdir(), 'helix-digest-'))
      try {
        // It is told in a file alone, and that can be none of the pipes a program is run with.
        const file = join(folder, 'digest')
        await run(act, '--digestfile', file, ...more)
        return `${repository}@${Id.parse((await readFile(file, 'utf8')).trim())}`
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

const PodmanImage = z.tuple([z.object({ Id: BareId, Size: z.number() })])

function podmanLook(run: RunWords) {
  return async (name: string): Promise<Image> => {
    const [{ Id: id, Size: bytes }] = PodmanImage.parse(JSON.parse(await run('image', 'inspect', name)))
    return { id, bytes, names: null }
  }
}

const BuildahImage = z.object({ FromImageID: BareId, Manifest: z.string() })
const Manifest = z.object({ layers: z.array(z.object({ size: z.number() })) })

function buildahLook(run: RunWords) {
  return async (name: string): Promise<Image> => {
    const told = JSON.parse(await run('inspect', '--type', 'image', name)) as unknown
    const { FromImageID: id, Manifest: manifest } = BuildahImage.parse(told)
    const { layers } = Manifest.parse(JSON.parse(manifest))
    return { id, bytes: layers.reduce((sum, { size }) => sum + size, 0), names: null }
  }
}

function bare(id: string): string {
  return id.replace('sha256:', '')
}

function firstOf(lines: string): string | undefined {
  return lines.split('\n')[0] || undefined
}
