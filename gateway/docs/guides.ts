import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'
import { page } from './page.ts'

/** `api.md` tells what the generated reference at /docs/api does not, and so has another name here. */
const NAMES: Readonly<Record<string, string>> = { README: '', api: 'http' }

const nameOf = (file: string): string => NAMES[file] ?? file

/** The pages of docs/ by the name they have under /docs; the index has none. None at all where docs/ was left out. */
export function guides(folder = join(packageRoot(), 'docs')): ReadonlyMap<string, () => Promise<string>> {
  const files = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
  const known = new Set(files)
  return new Map(files.map((file) => [nameOf(file), () => guide(join(folder, `${file}.md`), known)]))
}

// Few who start a gateway read its guides: what renders them is loaded for the first who does.
async function guide(path: string, known: ReadonlySet<string>): Promise<string> {
  const { renderMarkdown } = await import('./markdown.ts')
  const text = await readFile(path, 'utf8')
  const { title, contents, html } = renderMarkdown(text, (href) => leadOn(href, known))
  return page({ title, contents, current: '/docs', body: html })
}

/** Links between the pages lead on between them here; what is not served has no address. */
function leadOn(href: string, known: ReadonlySet<string>): string | undefined {
  if (/^(https?:|mailto:|#|\/)/.test(href)) return href
  if (href === 'openapi.json') return '/openapi.json'
  const [, file = '', anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? []
  if (!known.has(file)) return undefined
  const name = nameOf(file)
  return `/docs${name === '' ? '' : `/${name}`}${anchor}`
}
