import { useMemo } from 'preact/hooks'
import { useLanguage } from '../text/use-text.ts'
import { createFormat, type Format } from './format.ts'

/** Numbers and times in the language in use, as the browser's own region writes them where it speaks that language. */
export function useFormat(): Format {
  const language = useLanguage()
  return useMemo(() => {
    const own = navigator.languages.find((tag) => tag.split('-')[0] === language)
    return createFormat(own ?? (language === 'pt' ? 'pt-PT' : language))
  }, [language])
}
