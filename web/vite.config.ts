import { defineConfig } from 'vite'

const root = import.meta.dirname

/** Browsers of 2024: `light-dark()`, `<dialog>`, CSS nesting and popovers as they are. */
const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari17.5']

export default defineConfig({
  root,
  cacheDir: `${root}/../.cache/vite`,
  publicDir: 'public',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: BROWSERS,
    manifest: true,
    // Everything is a file of its own with a name by its content: the policy of the page allows no `data:` script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
