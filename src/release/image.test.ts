import { access, writeFile } from 'node:fs/promises'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { findImage, pushedImage, savedImage } from './image.ts'
import { imageStore, type RunWords } from './image-store.ts'

const ID = `sha256:${'a1'.repeat(32)}`
const image = { id: ID, bytes: 400_000_000, names: ['helix-gateway:latest'] }

/** A Docker, or another, that answers as told and remembers what it was asked. */
function fake(
  answers: (words: readonly string[]) => string | Promise<string>,
  engine: Parameters<typeof imageStore>[0] = 'docker',
) {
  const asked: string[] = []
  const run: RunWords = async (...words) => {
    asked.push(words.join(' '))
    return answers(words)
  }
  return { docker: imageStore(engine, run), asked }
}

test('the image of a commit is that which was built last', async () => {
  const { docker, asked } = fake(([, verb]) =>
    verb === 'ls' ? `${ID}\nsha256:older` : JSON.stringify({ ...image, names: null }),
  )
  expect(await findImage(docker, { name: undefined, commit: 'abc1234' })).toMatchObject({
    id: ID,
    names: null,
  })
  expect(asked[1]).toMatch(new RegExp(`${ID}$`))
})

test('without one of the commit it is said how to build it, and nothing else is taken', async () => {
  const { docker } = fake(() => '')
  await expect(findImage(docker, { name: undefined, commit: 'abc1234def' })).rejects.toMatchObject({
    code: 'precondition_failed',
    message: 'There is no image of commit abc1234 here',
    next: ['helix build gateway --image'],
  })
})

test('an image that is packed is packed once for all machines, and the file goes with the run', async () => {
  const closing: (() => Promise<void>)[] = []
  let file = ''
  const { docker, asked } = fake(async (words) => {
    file = words[2] as string
    await writeFile(file, 'layers')
    return ''
  })
  const cargo = savedImage(image, docker, (close) => closing.push(close))
  const brought = await Promise.all([cargo.open('r1'), cargo.open('r1')])
  for (const each of brought) expect(gunzipSync(await buffer(each)).toString()).toBe('layers')
  expect(asked).toEqual([`save --output ${file} ${ID}`])
  await closing[0]?.()
  await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

const DIGEST = `sha256:${'b2'.repeat(32)}`
const pushing = () =>
  fake(([verb]) =>
    verb === 'image' ? `other/helix-gateway@x\nhub.example.com/helix/helix-gateway@${DIGEST}` : '',
  )

test('an image that is pushed is named to machines by its digest, and keeps no name of the registry here', async () => {
  const { docker, asked } = pushing()
  const cargo = pushedImage(image, docker, 'hub.example.com/helix')
  const told = await Promise.all([cargo.open('r1'), cargo.open('r1')].map(async (each) => text(await each)))
  expect(told).toEqual(Array(2).fill(`hub.example.com/helix/helix-gateway@${DIGEST}\n`))
  const name = 'hub.example.com/helix/helix-gateway:r1'
  expect(asked).toEqual([`tag ${ID} ${name}`, `push ${name}`, expect.stringContaining(name), `rmi ${name}`])
})

test('an image without any other name keeps that one, since it would be gone without', async () => {
  const { docker, asked } = pushing()
  await pushedImage({ ...image, names: [] }, docker, 'hub.example.com/helix').open('r1')
  expect(asked.filter((words) => words.startsWith('rmi'))).toEqual([])
})

const BARE = 'a1'.repeat(32)
const TOLD = {
  podman: JSON.stringify([{ Id: BARE, Size: 300, RepoTags: ['localhost/helix-gateway:latest'] }]),
  buildah: JSON.stringify({
    FromImageID: BARE,
    Manifest: JSON.stringify({ layers: [{ size: 100 }, { size: 200 }] }),
  }),
}

test.each(['podman', 'buildah'] as const)(
  '%s brings the image it built, packed or through a registry',
  async (engine) => {
    const { docker: store, asked } = fake(async (words) => {
      if (words.includes('inspect')) return TOLD[engine]
      const file = words.at(-1)?.replace('docker-archive:', '') ?? ''
      if (file.startsWith('/')) await writeFile(file, 'layers')
      const at = words.indexOf('--digestfile')
      if (at > 0) await writeFile(words[at + 1] as string, `${DIGEST}\n`)
      return words[0] === 'push' ? '' : `sha256:${BARE}\nsha256:older`
    }, engine)
    const found = await findImage(store, { name: undefined, commit: 'abc1234' })
    expect(found).toMatchObject({ id: ID, bytes: 300 })
    expect(asked[1]).toMatch(new RegExp(`inspect.* sha256:${BARE}$`))
    const closing: (() => Promise<void>)[] = []
    const saved = savedImage(found, store, (close) => closing.push(close))
    expect(gunzipSync(await buffer(await saved.open('r1'))).toString()).toBe('layers')
    expect(asked.at(-1)).toContain(`push --quiet ${BARE} docker-archive:/`)
    expect(saved.here('r1')[0]?.command).toMatch(new RegExp(`^${engine} push`))
    const pushed = pushedImage(found, store, 'hub.example.com/helix')
    expect(await text(await pushed.open('r1'))).toBe(`hub.example.com/helix/helix-gateway@${DIGEST}\n`)
    expect(asked.at(-1)).toContain('docker://hub.example.com/helix/helix-gateway:r1')
    await closing[0]?.()
  },
)
