import { createHash } from 'node:crypto'
import { tarOf } from '../../../build/tar.ts'
import type { Page } from '../page.ts'

/** No page says when it was packed, so that the same page is the same bytes. */
const AT = new Date(0)

/** The page as one archive for a machine. */
export async function packed({ files }: Page): Promise<{ archive: Buffer; sha256: string }> {
  const entries = [...files].map(([path, content]) => ({
    path,
    content,
    size: content.length,
    executable: false,
  }))
  const chunks: Uint8Array[] = []
  for await (const chunk of tarOf(entries, AT)) chunks.push(chunk)
  const archive = Buffer.concat(chunks)
  return { archive, sha256: createHash('sha256').update(archive).digest('hex') }
}
