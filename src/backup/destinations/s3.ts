import { HelixError } from '../../errors.ts'
import { type Destination, fileNotFound, fileUnreadable, type StoredFile } from './destination.ts'
import { openBucket, type S3Place, textOf, unreachable } from './s3-bucket.ts'
import { giveUp, listUploads, putFile } from './s3-uploads.ts'

/** What a bucket refuses whoever asks with this key, whatever is asked; other refusals may be of one file. */
const OF_THE_KEY =
  /^(?:InvalidAccessKeyId|SignatureDoesNotMatch|(?:Expired|Invalid)Token|RequestTimeTooSkewed)$/

/** A bucket, or a folder of one. */
export function s3Destination(place: S3Place): Destination {
  const bucket = openBucket(place)
  const { name, root, prefix, addressOf, ask, must } = bucket
  return {
    name,
    remote: true,
    async list() {
      const files: StoredFile[] = []
      for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
        const query = new URLSearchParams({ 'list-type': '2', prefix })
        if (token !== undefined) query.set('continuation-token', token)
        const page = await (await must('GET', `${root}?${query}`)).text()
        for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const file = (textOf(entry, 'Key') ?? '').slice(prefix.length)
          if (file !== '' && !file.includes('/'))
            files.push({ name: file, bytes: Number(textOf(entry, 'Size')) })
        }
        token = textOf(page, 'NextContinuationToken')
      }
      return files
    },
    put: (file, bytes) => putFile(bucket, file, bytes),
    async *get(file) {
      const response = await ask('GET', addressOf(file)).catch((thrown) => {
        throw asOfOneFile(thrown, name, file)
      })
      if (response.status === 404) throw fileNotFound(name, file)
      try {
        if (response.body) yield* response.body as unknown as AsyncIterable<Uint8Array>
      } catch (cause) {
        throw unreachable(name, cause)
      }
    },
    async remove(file) {
      await ask('DELETE', addressOf(file))
    },
    uploads: {
      list: () => listUploads(bucket),
      giveUp: (upload) => giveUp(bucket, upload),
    },
    async close() {},
  }
}

/** A file may be archived (`InvalidObjectState`), or of somebody else, where all the others can be read. */
function asOfOneFile(thrown: unknown, place: string, file: string): unknown {
  const { code, status } = (thrown instanceof HelixError && thrown.details) || {}
  if (status !== 403 || OF_THE_KEY.test(String(code))) return thrown
  return fileUnreadable(place, {
    ...{ file, why: `the bucket refused it: ${code}`, cause: thrown },
    hint: 'Bring it back where the bucket has archived it (InvalidObjectState), and see whether the key may read it.',
  })
}
