import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { S3_KEY, type S3Server, startS3Server } from '../../../test/support/s3-server.ts'
import { localHost } from '../../shell/local.ts'
import type { Destination } from './destination.ts'
import { directoryDestination } from './directory.ts'
import { remoteDestination } from './remote.ts'
import { s3Destination } from './s3.ts'

const folder = mkdtempSync(join(tmpdir(), 'helix-destinations-'))
let s3: S3Server
beforeAll(async () => {
  s3 = await startS3Server('backups')
})
afterAll(async () => {
  await s3.close()
  rmSync(folder, { recursive: true, force: true })
})

const bucket = (given: Partial<Parameters<typeof s3Destination>[0]> = {}) =>
  s3Destination({ endpoint: s3.endpoint, ...S3_KEY, bucket: 'backups', prefix: 'of/helix', ...given })
const kinds: [string, () => Destination][] = [
  ['a folder', () => directoryDestination(join(folder, 'here'))],
  ['another machine', () => remoteDestination(localHost(), join(folder, 'there'), 'ssh://there/x')],
  ['a bucket', () => bucket()],
]

async function* pieces(bytes: Buffer, breakAt = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 64 * 1024) {
    if (at >= breakAt) throw new Error('the source broke')
    yield bytes.subarray(at, at + 64 * 1024)
  }
}

async function read(destination: Destination, name: string): Promise<Buffer> {
  const got: Uint8Array[] = []
  for await (const piece of destination.get(name)) got.push(piece)
  return Buffer.concat(got)
}

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

describe.each(kinds)('%s', (_name, open) => {
  it('gives back what it was given, of any size', async () => {
    const destination = open()
    expect(await destination.list()).toEqual([])
    const sizes = [0, 1, 200_000, 8 * 1024 * 1024, 20_000_000]
    for (const size of sizes) {
      const bytes = randomBytes(size)
      await destination.put(`f${size}`, pieces(bytes))
      expect(sum(await read(destination, `f${size}`)), `${size} bytes`).toBe(sum(bytes))
    }
    const listed = (await destination.list()).toSorted((a, b) => a.bytes - b.bytes)
    expect(listed).toEqual(sizes.map((size) => ({ name: `f${size}`, bytes: size })))
    for (const size of sizes) await destination.remove(`f${size}`)
    expect(await destination.list()).toEqual([])
    await destination.remove('f0')
    await expect(read(destination, 'f0')).rejects.toMatchObject({ code: 'backup_not_found' })
  }, 60_000)

  it('holds nothing under the name of what broke off, early or late', async () => {
    const destination = open()
    const bytes = randomBytes(20_000_000)
    for (const at of [0, 1_000_000, 10_000_000, 19_900_000]) {
      await expect(destination.put('broken', pieces(bytes, at)), `at ${at}`).rejects.toThrow()
      expect((await destination.list()).map(({ name }) => name)).not.toContain('broken')
    }
    expect(s3.open()).toBe(0)
  }, 60_000)
})

describe('a bucket', () => {
  it('is tried again when a connection breaks, and given up when it keeps breaking', async () => {
    const bytes = randomBytes(9_000_000)
    s3.cut('PUT', 100)
    await expect(bucket().put('kept', pieces(bytes))).rejects.toMatchObject({ code: 'backup_failed' })
    expect(s3.files.has('of/helix/kept')).toBe(false)
    s3.cut('PUT', 2)
    await bucket().put('kept', pieces(bytes))
    expect(s3.files.get('of/helix/kept')?.equals(bytes)).toBe(true)
  })

  it('says what it refused, without the key', async () => {
    const wrong = bucket({ secretAccessKey: 'another-secret' })
    const refusal = await wrong.list().catch((thrown) => thrown)
    expect(refusal).toMatchObject({
      code: 'backup_failed',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    })
    expect(JSON.stringify(refusal) + refusal.message).not.toContain('another-secret')
    await expect(bucket({ bucket: 'other' }).list()).rejects.toThrow(/NoSuchBucket/)
  })
})

describe('what cannot be read to its end is a failure, and no short file', () => {
  it('in a folder', async () => {
    mkdirSync(join(folder, 'odd', 'x'), { recursive: true })
    await expect(read(directoryDestination(join(folder, 'odd')), 'x')).rejects.toMatchObject({
      code: 'backup_unreadable',
      message: expect.stringContaining('EISDIR'),
    })
  })

  it('on another machine', async () => {
    const bin = mkdtempSync(join(folder, 'bin-'))
    const dd = '#!/bin/sh\nprintf short\necho "dd: Input/output error" >&2\nexit 1\n'
    writeFileSync(join(bin, 'dd'), dd, { mode: 0o755 })
    const host = localHost({ PATH: `${bin}:${process.env.PATH}` })
    writeFileSync(join(bin, 'x'), 'shortened')
    await expect(read(remoteDestination(host, bin, 'ssh://there/x'), 'x')).rejects.toMatchObject({
      code: 'backup_unreadable',
      hint: expect.stringContaining('Input/output error'),
    })
  })

  it('in a bucket', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 })
      response.write('short', () => response.socket?.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(read(bucket({ endpoint }), 'x')).rejects.toMatchObject({ code: 'backup_failed' })
  })
})

const isRoot = process.getuid?.() === 0

describe('a folder', () => {
  it.each([
    ['of this machine', directoryDestination],
    ['of another', (at: string) => remoteDestination(localHost(), at, 'ssh://there/x')],
  ] as const)('%s is readable by its owner alone, whatever the mask', async (_where, open) => {
    const place = join(mkdtempSync(join(folder, 'private-')), 'made')
    const mask = process.umask(0)
    await open(place)
      .put('x', pieces(Buffer.from('x')))
      .finally(() => process.umask(mask))
    expect(statSync(place).mode & 0o777).toBe(0o700)
    expect(statSync(join(place, 'x')).mode & 0o777).toBe(0o600)
  })

  it('of another machine lists what cannot be opened there, too', async () => {
    const there = mkdtempSync(join(folder, 'listed-'))
    const bin = mkdtempSync(join(folder, 'bin-'))
    writeFileSync(join(bin, 'wc'), '#!/bin/sh\necho "wc: Permission denied" >&2\nexit 1\n', { mode: 0o755 })
    writeFileSync(join(there, 'of somebody else'), 'seven b')
    const host = localHost({ PATH: `${bin}:${process.env.PATH}` })
    expect(await remoteDestination(host, there, 'ssh://there/x').list()).toEqual([
      { name: 'of somebody else', bytes: 7 },
    ])
  })

  it.skipIf(isRoot)(`that may not be written says so${isRoot ? ' (root may)' : ''}`, async () => {
    const closed = mkdtempSync(join(folder, 'closed-'))
    chmodSync(closed, 0o500)
    await expect(directoryDestination(closed).put('x', pieces(Buffer.from('x')))).rejects.toMatchObject({
      code: 'backup_failed',
    })
  })
})
