import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const COMPRESSED = /\.(js|css|svg|json|webmanifest)$/
/** Below this many bytes the headers weigh more than what is won. */
const WORTH_IT = 512

/** Writes `<name>.br` and `<name>.gz` beside each file that shrinks, at the most either can do. */
export async function compress(folder: string, names: readonly string[]): Promise<void> {
  const wanted = new Set(names.filter((name) => COMPRESSED.test(name)))
  await Promise.all([...wanted].map((name) => one(join(folder, name))))
}

async function one(file: string): Promise<void> {
  const content = await readFile(file)
  if (content.length < WORTH_IT) return
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(content, { params }),
    promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
  ])
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)])
}
