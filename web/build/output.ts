import type { BuildOptions } from 'vite'

/** Browsers of 2024: `light-dark()`, `<dialog>`, CSS nesting and popovers as they are. */
const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari17.5']

/** How every page is written to its folder. */
export function outputTo(outDir: string): BuildOptions {
  return {
    outDir,
    emptyOutDir: false,
    target: BROWSERS,
    manifest: true,
    // Each a file of its own, named by its content: the policy of the page allows no `data:` script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Compressing at the most either can do takes most of the time, and is meant to.
    rolldownOptions: { checks: { pluginTimings: false } },
  }
}
