import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Encoding } from './encoding.ts'

/** A file of the built page, in the forms it is kept in. */
export interface BuiltFile {
  type: string
  /** Whether its name is made from its content. */
  asset: boolean
  plain(): Promise<Buffer>
  /** Undefined where it is kept in the plain form only. */
  encoded: Partial<Record<Encoding, () => Promise<Buffer>>>
}

/** What `web/dist` holds. */
export interface BuiltPage {
  /** `index.html`, as built. */
  html: string
  /** By path, as in `/assets/index-1a2b3c.js`. Nothing that is not here is ever read. */
  files: ReadonlyMap<string, BuiltFile>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

const ENDINGS: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' }

/** Reads which files a build holds; undefined where there is none. Their contents are read when first asked for. */
export async function openBuilt(folder: string): Promise<BuiltPage | undefined> {
  const html = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
  if (html === undefined) return undefined
  const [top, assets] = await Promise.all([namesIn(folder), namesIn(join(folder, 'assets'))])
  const listed = [...top.map((name) => `/${name}`), ...assets.map((name) => `/assets/${name}`)]
  const there = new Set(listed)
  const files = listed.flatMap((path) => {
    const type = TYPES[extname(path)]
    return type === undefined ? [] : [[path, fileAt(folder, path, type, there)] as const]
  })
  return { html, files: new Map(files) }
}

function fileAt(folder: string, path: string, type: string, there: ReadonlySet<string>): BuiltFile {
  const kept = (Object.entries(ENDINGS) as [Encoding, string][]).filter(([, ending]) =>
    there.has(path + ending),
  )
  const encoded = kept.map(([encoding, ending]) => [encoding, reader(join(folder, path + ending))] as const)
  return {
    type,
    asset: path.startsWith('/assets/'),
    plain: reader(join(folder, path)),
    encoded: Object.fromEntries(encoded),
  }
}

/** Reads a file once. */
function reader(file: string): () => Promise<Buffer> {
  let content: Promise<Buffer> | undefined
  return () => {
    content ??= readFile(file).catch((failure) => {
      content = undefined
      throw failure
    })
    return content
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}
