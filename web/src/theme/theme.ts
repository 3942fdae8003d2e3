import { type ReadonlySignal, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
type ThemeChoice = (typeof THEMES)[number]

/** Light or dark: by the system, or by choice. */
export interface Theme {
  readonly choice: ReadonlySignal<ThemeChoice>
  /** Shows the page so and remembers it on this device. */
  choose(choice: ThemeChoice): void
}

/** The script in index.html reads it before the first paint. */
const KEY = 'helix.theme'

/** Makes the theme of one document; what index.html set already is its beginning. */
export function createTheme(root: HTMLElement, storage: Storage): Theme {
  const choice = signal<ThemeChoice>(THEMES.find((theme) => theme === root.dataset.theme) ?? 'system')
  return {
    choice,
    choose(wanted) {
      choice.value = wanted
      if (wanted === 'system') {
        delete root.dataset.theme
        storage.removeItem(KEY)
      } else {
        root.dataset.theme = wanted
        storage.setItem(KEY, wanted)
      }
    },
  }
}
