import { readFileSync } from 'node:fs'

const DIST = 'web/dist'
/** What a reader waits for before they can write: the document's script, the page it shows, and all these import. */
const ENTRIES = ['index.html', 'src/chat/chat-page.tsx']

type Manifest = Record<string, { file: string; imports?: string[] }>

function firstLoad(manifest: Manifest): string[] {
  const seen = new Set<string>()
  const walk = (name: string): void => {
    if (seen.has(name)) return
    seen.add(name)
    for (const imported of manifest[name]?.imports ?? []) walk(imported)
  }
  for (const entry of ENTRIES) walk(entry)
  return [...seen].map((name) => `${DIST}/${manifest[name]?.file}`)
}

const manifest = JSON.parse(readFileSync(`${DIST}/.vite/manifest.json`, 'utf8')) as Manifest

export default [{ name: 'Scripts of the first load', path: firstLoad(manifest), gzip: true, limit: '100 kB' }]
