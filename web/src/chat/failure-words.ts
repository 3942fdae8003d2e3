import type { Catalog } from '../text/en.ts'

type Words = Catalog['chat']['failure']

/** What to say of a failure of a chat, by its code. */
export function failureWords(code: string, words: Words): string {
  return Object.hasOwn(words, code) ? words[code as keyof Words] : words.other
}
