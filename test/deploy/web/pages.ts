import { mkdtempSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tarOf } from '../../../src/build/tar.ts'
import { sha256Of } from '../../../src/build/tree.ts'
import type { Archive } from '../../../src/release/archive.ts'
import { headerRules } from '../../../src/web/headers.ts'
import { hostFiles } from '../../../src/web/hosts.ts'
import { PAGE_PATHS } from '../../../src/web/paths.ts'

/** Addresses a page of these tests may talk to. */
export const GATEWAY = 'https://api.example.com'

/** A small page as `helix build web` lays it out, whose script has this text. */
export function pageFiles(text: string, connect: readonly string[] = [GATEWAY]): Map<string, Buffer> {
  const script = `console.log(${JSON.stringify(text)})\n`.repeat(40)
  const name = `assets/index-${text}.js`
  const html = `<!doctype html><title>${text}</title><script>1</script><script type="module" src="/${name}"></script>`
  const files = {
    'index.html': html,
    [name]: script,
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'manifest.webmanifest': '{}',
    'service-worker.js': `// ${text}\n`,
    ...hostFiles(headerRules({ html, connect }), PAGE_PATHS),
  }
  const plain = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const)
  return new Map([...plain, [`${name}.gz`, gzipSync(script)]])
}

/** The same packed, as `helix build web` does. */
export function pageArchive(text: string, connect?: readonly string[]): Promise<Archive> {
  return packedPage(text, 'web', pageFiles(text, connect))
}

/** A built page as the archive of a build that is called so. @param folder which page it is */
export async function packedPage(
  text: string,
  folder: 'web' | 'status',
  content: ReadonlyMap<string, Buffer>,
): Promise<Archive> {
  const facts = { artefact: 'web', release: `0.1.0+${text}` }
  const files = [
    ...[...content].map(([path, bytes]) => [`${folder}/${path}`, bytes] as const),
    ['release.json', Buffer.from(JSON.stringify(facts))] as const,
  ]
  const chunks: Uint8Array[] = []
  const entries = files.map(([path, bytes]) => ({
    path,
    content: bytes,
    size: bytes.length,
    executable: false,
  }))
  for await (const chunk of tarOf(entries, new Date(0))) chunks.push(chunk)
  const file = join(mkdtempSync(join(tmpdir(), 'helix-page-')), 'web.tar.gz')
  const packed = gzipSync(Buffer.concat(chunks))
  await writeFile(file, packed)
  return { file, sha256: await sha256Of(file), bytes: packed.length }
}
