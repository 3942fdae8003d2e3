import type { Colours } from './draw.ts'

/** Reads the colours a chart has now: of each series from its swatch, of the rest from the element it is drawn into. */
export function readColours(plot: HTMLElement, swatches: readonly (HTMLElement | null)[]): Colours {
  const { color, borderTopColor } = getComputedStyle(plot)
  return {
    series: swatches.map((swatch) => (swatch ? getComputedStyle(swatch).color : color)),
    text: color,
    line: borderTopColor,
  }
}

/** Calls back when the page may have become light or dark: by the system, or by choice. */
export function onTheme(callback: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(callback)
  system.addEventListener('change', callback)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    system.removeEventListener('change', callback)
    chosen.disconnect()
  }
}
