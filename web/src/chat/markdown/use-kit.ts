import { useMemo } from 'preact/hooks'
import { useText } from '../../app.ts'
import { createLazy } from '../lazy.ts'
import type { MarkdownKit } from './kit.ts'

/** The kit of one page, in its language. */
export function useMarkdownKit(): MarkdownKit {
  const { message } = useText().chat
  return useMemo(
    () => ({
      words: { copy: message.copy, copied: message.copied, code: message.code, image: message.image },
      copy: (text) => navigator.clipboard.writeText(text),
      highlight: createLazy(() => import('./highlight.tsx').then((m) => m.highlight)),
      formula: createLazy(() => import('./formula.tsx').then((m) => m.formula)),
    }),
    [message],
  )
}
