import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const SKIPPED = new Set(['node_modules', 'dist'])

/** One Markdown page of the repository. */
export interface Page {
  /** From the root of the repository. */
  path: string
  text: string
}

/** Every Markdown page there is, hidden folders left out. */
export function readPages(folder = ROOT): Page[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return []
    if (entry.isDirectory()) return readPages(path)
    return entry.name.endsWith('.md')
      ? [{ path: relative(ROOT, path), text: readFileSync(path, 'utf8') }]
      : []
  })
}

/** The page at a path from the root. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** What a page shows as code: spans and blocks, one string each. */
export function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, code = '']) => code)
  const spans = [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  )
  return [...blocks, ...spans]
}

/** The anchor GitHub gives a heading. */
export function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
