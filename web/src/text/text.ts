import { type ReadonlySignal, signal } from '@preact/signals'
import { type Catalog, en, enLater, type LaterSection } from './en.ts'

export const LANGUAGES = { en: 'English', pt: 'Português' } as const
export type Language = keyof typeof LANGUAGES

/** The strings of the language in use. */
export interface Text {
  /** Read within a component, it follows a change of language. */
  readonly value: Catalog
  /** For `Intl`, and for the `lang` of the document. */
  readonly language: ReadonlySignal<Language>
  /** Loads sections that pages of their own speak from. @throws TypeError where they cannot be had */
  need(...sections: readonly LaterSection[]): Promise<void>
  /** Loads a language, shows the page in it and remembers the choice on this device. */
  use(language: Language): Promise<void>
}

const KEY = 'helix.language'

/** Begins in the language chosen before, else the first of the browser's that there is, else English. */
export async function createText(storage: Storage, preferred: readonly string[]): Promise<Text> {
  const language = signal<Language>('en')
  // Without the sections that were not needed yet; whoever shows a page sees to its own.
  const catalog = signal(en as Catalog)
  const needed = new Set<LaterSection>()

  async function show(wanted: Language): Promise<void> {
    catalog.value = await load(wanted, needed)
    language.value = wanted
    document.documentElement.lang = wanted === 'pt' ? 'pt-PT' : wanted
  }

  const chosen = storage.getItem(KEY)
  const first = isLanguage(chosen) ? chosen : preferred.map((tag) => tag.slice(0, 2)).find(isLanguage)
  // Without its catalog a page in English is better than none.
  await show(first ?? 'en').catch(() => show('en'))
  return {
    get value() {
      return catalog.value
    },
    language,
    async need(...sections) {
      const later = await Promise.all(sections.map(async (section) => [section, await enLater[section]()]))
      for (const section of sections) needed.add(section)
      if (language.value === 'en') catalog.value = { ...catalog.value, ...Object.fromEntries(later) }
    },
    async use(wanted) {
      await show(wanted)
      storage.setItem(KEY, wanted)
    },
  }
}

async function load(language: Language, needed: ReadonlySet<LaterSection>): Promise<Catalog> {
  if (language === 'pt') return (await import('./pt.ts')).pt
  const later = await Promise.all([...needed].map(async (section) => [section, await enLater[section]()]))
  return { ...en, ...Object.fromEntries(later) }
}

function isLanguage(tag: string | null): tag is Language {
  return tag !== null && Object.hasOwn(LANGUAGES, tag)
}
