import { useRef, useState } from 'preact/hooks'
import type { MarkdownKit } from './kit.ts'
import style from './markdown.module.css'

interface CodeBlockProps {
  code: string
  language: string
  /** Whether it is still being written: colours then follow at leisure. */
  open: boolean
  kit: MarkdownKit
}

const COPIED_MS = 2_000

/** Code with its language and a button to copy it. */
export function CodeBlock({ code, language, open, kit }: CodeBlockProps) {
  return (
    <figure class={style.codeBlock} dir="ltr">
      <figcaption>
        <span>{language || kit.words.code}</span>
        <CopyButton text={code} kit={kit} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>
        <code>{useColours(code, language, open, kit)}</code>
      </pre>
    </figure>
  )
}

function CopyButton({ text, kit }: { text: string; kit: MarkdownKit }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await kit.copy(text)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button type="button" onClick={copy}>
      {copied ? kit.words.copied : kit.words.copy}
    </button>
  )
}

/** Code that is still growing is coloured again once this much is new, not with each frame. */
const STRIDE = 400

/** The code in colours; what came since it was coloured last follows without. */
function useColours(code: string, language: string, open: boolean, kit: MarkdownKit) {
  const last = useRef<{ language: string; upto: string; pieces: preact.ComponentChildren }>(undefined)
  if (language === '') return code
  kit.highlight.load()
  const highlight = kit.highlight.value.value
  if (!highlight) return code
  const known = last.current
  const follows = known?.language === language && code.startsWith(known.upto)
  const isFresh = follows && (open ? code.length - known.upto.length < STRIDE : known.upto === code)
  if (!isFresh) last.current = { language, upto: code, pieces: highlight(language, code) ?? code }
  return [last.current?.pieces, code.slice(last.current?.upto.length ?? 0)]
}
