import { access, writeFile } from 'node:fs/promises'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Docker, findImage, pushedImage, savedImage } from './image.ts'

const ID = `sha256:${'a1'.repeat(32)}`
const image = { id: ID, bytes: 400_000_000, names: ['helix-gateway:latest'] }

/** A Docker that answers as told, and remembers what it was asked. */
function fake(answers: (words: readonly string[]) => string | Promise<string>) {
  const asked: string[] = []
  const docker: Docker = async (...words) => {
    asked.push(words.join(' '))
    return answers(words)
  }
  return { docker, asked }
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
