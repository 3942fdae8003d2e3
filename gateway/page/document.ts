import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { PublicConfig } from '../../src/contract/health.ts'
import type { BuiltFile } from './built.ts'

/**
 * The document that every address of the page answers: the built one, with what `/config.json` says in it, so that
 * the page need not ask. Made anew when that changes.
 */
export function documentOf(html: string, publicConfig: () => PublicConfig): () => BuiltFile {
  let made: { said: string; document: BuiltFile } | undefined
  return () => {
    const said = JSON.stringify(publicConfig())
    if (made?.said !== said) made = { said, document: written(html, said) }
    return made.document
  }
}

function written(html: string, said: string): BuiltFile {
  const meta = `<meta name="helix-config" content="${escaped(said)}">`
  const plain = Buffer.from(html.replace('</title>', (end) => `${end}\n    ${meta}`))
  const [br, gzip] = [brotliCompressSync(plain), gzipSync(plain)]
  return {
    type: 'text/html; charset=utf-8',
    asset: false,
    plain: async () => plain,
    encoded: { br: async () => br, gzip: async () => gzip },
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
