import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'
import type { MathToken } from './math-syntax.ts'

/** A formula; as it was written until the typesetter is there, and where it is none. */
export function Formula({ token, kit }: { token: MathToken; kit: MarkdownKit }) {
  kit.formula.load()
  const set = kit.formula.value.value?.(token.text, token.display)
  if (set === undefined) return <code class={style.source}>{token.raw.trim()}</code>
  return token.display ? <span class={style.display}>{set}</span> : set
}
