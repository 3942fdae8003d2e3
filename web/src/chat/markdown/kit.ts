import type { ReadonlySignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

/** A module that is fetched when it is first needed; `value` is undefined until it is there. */
export interface Lazy<T> {
  readonly value: ReadonlySignal<T | undefined>
  /** Fetches it, once. What cannot be fetched is asked for again the next time. */
  load(): void
}

/** What messages are shown with, handed down to all of them. */
export interface MarkdownKit {
  words: {
    copy: string
    copied: string
    code: string
    image: (description: string) => string
  }
  copy(text: string): Promise<void>
  /** Code as coloured pieces; undefined for a language it does not know. */
  highlight: Lazy<(language: string, code: string) => ComponentChildren | undefined>
  /** TeX as MathML; undefined where it is no formula. */
  formula: Lazy<(tex: string, display: boolean) => ComponentChildren | undefined>
}
