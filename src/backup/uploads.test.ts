import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { layBackup } from '../../test/support/laid-backup.ts'
import { S3_KEY, type S3Server, startS3Server } from '../../test/support/s3-server.ts'
import { s3Destination } from './destinations/s3.ts'
import { archiveName } from './manifest.ts'
import { planPrune, prune } from './prune.ts'

const ONE_A_DAY = { days: 1, weeks: 1, months: 1 }
const DAY_MS = 24 * 3_600_000
const OLD = archiveName('20260101T031700Z-aaaaaa')
let s3: S3Server

beforeEach(async () => {
  s3 = await startS3Server('backups')
  onTestFinished(() => s3.close())
})

const bucket = (prefix = 'of/helix') =>
  s3Destination({ endpoint: s3.endpoint, ...S3_KEY, bucket: 'backups', prefix })

async function* neverEnding(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(9_000_000)
  await sleep(600_000, undefined, { ref: false })
}

/** As whoever is killed amid an upload leaves one. */
async function cutShort(name: string, begun: Date, prefix?: string): Promise<void> {
  const before = new Set(s3.uploads.keys())
  void bucket(prefix).put(name, neverEnding())
  const made = () => [...s3.uploads].find(([id, { parts }]) => !before.has(id) && parts.size > 0)
  await expect.poll(made).toBeDefined()
  const [, upload] = made() ?? []
  if (upload) upload.begun = begun
}

const now = new Date()
const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS)
const left = () => [...s3.uploads.values()].map(({ key }) => key).toSorted()

it('finds what uploads that never ended left, and gives up those of its own that are older than a day', async () => {
  const young = archiveName(`${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-bbbbbb`)
  for (let count = 0; count < 3; count += 1) await cutShort(OLD, daysAgo(2))
  await cutShort(archiveName('20260102T031700Z-cccccc'), daysAgo(2))
  // Of others, of another folder, begun a moment ago, and one that took long to be laid down first.
  await cutShort('movie.mp4', daysAgo(9))
  await cutShort(OLD, daysAgo(2), 'of/another')
  await cutShort(young, daysAgo(0))
  await cutShort(archiveName('20260103T031700Z-dddddd'), daysAgo(0.5))
  await layBackup(bucket(), '20260104T031700Z-eeeeee')

  const plan = await planPrune(bucket(), ONE_A_DAY, now)
  expect(plan.uploads.map(({ name }) => name)).toEqual([OLD, OLD, OLD, '20260102T031700Z-cccccc.helix.age'])
  expect(plan).toMatchObject({ uploadsRefused: undefined, leftovers: [], remove: [] })
  expect(s3.open()).toBe(8)
  await prune(bucket(), plan)
  expect(left()).toEqual(
    [
      `of/another/${OLD}`,
      'of/helix/20260103T031700Z-dddddd.helix.age',
      `of/helix/${young}`,
      'of/helix/movie.mp4',
    ].toSorted(),
  )
  // What is gone by then is none to give up.
  await prune(bucket(), plan)
}, 60_000)

it.each([
  [501, 'NotImplemented'],
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
])('prunes the rest where a bucket does not tell of them, and says so (%s)', async (status, code) => {
  s3.tellsNoUploads(status, code)
  s3.files.set(`of/helix/${OLD}`, Buffer.from('cut short'))
  const plan = await planPrune(bucket(), ONE_A_DAY, now)
  expect(plan).toMatchObject({ leftovers: [OLD], uploads: [], uploadsRefused: code })
  await prune(bucket(), plan)
  expect(s3.files.size).toBe(0)
})
