import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { helix } from '../../test/support/host.ts'
import { S3_KEY, startS3Server } from '../../test/support/s3-server.ts'

const OLD = '20200101T000000Z-abcdef.helix.age'

async function bucket() {
  const s3 = await startS3Server('far')
  const folder = mkdtempSync(join(tmpdir(), 'helix-prune-'))
  onTestFinished(async () => {
    await s3.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const environment = {
    HELIX_DATA_DIR: join(folder, 'data'),
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: S3_KEY.region,
    S3_ACCESS_KEY_ID: S3_KEY.accessKeyId,
    S3_SECRET_ACCESS_KEY: S3_KEY.secretAccessKey,
  }
  const prune = (...more: string[]) =>
    helix(['backup', 'prune', '--from', 's3://far', ...more], { environment })
  return { s3, prune }
}

it('names what an upload that never ended left in a bucket, and gives it up only with consent', async () => {
  const { s3, prune } = await bucket()
  s3.uploads.set('id', { key: OLD, begun: new Date(0), parts: new Map() })
  const dry = await prune()
  expect(dry).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining(`remove  ${OLD}, parts of an upload`),
  })
  expect(dry.stdout).toContain('Nothing was removed. To remove 1: --confirm=s3://far')
  expect(s3.open()).toBe(1)
  const done = await prune('--confirm=s3://far')
  expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining('1 removed.') })
  expect(s3.open()).toBe(0)
})

it('says where a bucket does not tell of such', async () => {
  const { s3, prune } = await bucket()
  s3.tellsNoUploads(403, 'AccessDenied')
  expect(await prune()).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Nothing to remove.'),
    stderr: expect.stringContaining(
      's3://far does not tell of uploads that were never finished: AccessDenied',
    ),
  })
})
