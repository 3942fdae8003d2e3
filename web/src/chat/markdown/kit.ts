import type { ComponentChildren } from 'preact'
import type { Lazy } from '../lazy.ts'

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
