import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import type { Plugin } from 'vite'

/** What systems ask for that take no SVG: file, drawing, and width in pixels. */
const PICTURES = [
  ['icon-192.png', 'public/icon.svg', 192],
  ['icon-512.png', 'public/icon.svg', 512],
  ['icon-maskable-512.png', 'build/icon-maskable.svg', 512],
  ['apple-touch-icon.png', 'build/icon-maskable.svg', 180],
] as const

/** Draws the icons of the installed page from their SVGs. */
export function icons(root: string): Plugin {
  return {
    name: 'helix:icons',
    apply: 'build',
    async generateBundle() {
      await loadRenderer()
      for (const [fileName, drawing, width] of PICTURES) {
        const svg = await readFile(join(root, drawing), 'utf8')
        const source = new Resvg(svg, { fitTo: { mode: 'width', value: width } }).render().asPng()
        this.emitFile({ type: 'asset', fileName, source })
      }
    },
  }
}

let renderer: Promise<void> | undefined

/** The library takes its WebAssembly once a process. */
function loadRenderer(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')
  renderer ??= readFile(file).then((wasm) => initWasm(wasm))
  return renderer
}
