import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Language, Text } from './text.ts'

export const TextContext = createContext<Text | undefined>(undefined)

/** The strings of the language in use; a component that reads them follows a change of language. */
export function useText(): Text['value'] {
  return useTexts().value
}

/** The language in use, likewise. */
export function useLanguage(): Language {
  return useTexts().language.value
}

function useTexts(): Text {
  const text = useContext(TextContext)
  if (!text) throw new Error('No text above this component')
  return text
}
