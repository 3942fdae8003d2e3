import { useId, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import css from './copy-line.module.css'

interface CopyLineProps {
  label: string
  value: string
  /** The same, easier to read. */
  shown?: string
  words: { copy: string; copied: string; notCopied?: string }
}

/** A text to take elsewhere, with a button that copies it. */
export function CopyLine({ label, value, shown = value, words }: CopyLineProps) {
  const id = useId()
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(value).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  }
  return (
    <div class={css.copy}>
      <span id={id} class={css.label}>
        {label}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div class={css.line} role="group" aria-labelledby={id}>
        <code>{shown}</code>
        <Button icon={state === 'copied' ? 'check' : 'copy'} onClick={() => void copy()}>
          {state === 'copied' ? words.copied : words.copy}
        </Button>
      </div>
      <p class={css.note} role="status">
        {state === 'failed' && words.notCopied}
      </p>
    </div>
  )
}
