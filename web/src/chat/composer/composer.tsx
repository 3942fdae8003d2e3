import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useText } from '../../app.ts'
import { IconButton } from '../../ui/button.tsx'
import css from './composer.module.css'
import type { Draft } from './draft.ts'
import { isTouched, keyMeans } from './keys.ts'

/** As `src/contract/chat.ts` bounds a message; not imported, since a schema comes with it. */
const LONGEST = 200_000

interface ComposerProps {
  /** Of the conversation it belongs to; another one begins with another text. */
  draft: Draft
  /** Whether a reply is being written, which can be stopped; what is sent meanwhile waits for its end. */
  open: boolean
  stopping: boolean
  onSend: (text: string) => void
  onStop: () => void
  /** The arrow up in an empty field. */
  onEditLast: () => void
  fieldRef: { current: HTMLTextAreaElement | HTMLInputElement | null }
}

/** Where a message is written. It grows with its text, and keeps it until it is sent. */
export function Composer(props: ComposerProps) {
  const { draft, open, stopping, onSend, onStop, onEditLast, fieldRef } = props
  const { compose } = useText().chat
  const [text, setText] = useState('')
  useDraft(draft, setText)
  useGrowth(fieldRef, text)
  const over = text.length - LONGEST
  const canSend = text.trim() !== '' && over <= 0

  function change(next: string): void {
    setText(next)
    draft.keep(next)
  }

  function send(): void {
    if (!canSend) return
    onSend(text)
    change('')
    draft.flush()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const meaning = keyMeans(event, text, isTouched())
    if (meaning === undefined) return
    event.preventDefault()
    if (meaning === 'send') send()
    else if (meaning === 'stop') onStop()
    else onEditLast()
  }

  return (
    <form
      class={css.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div class={css.box}>
        <textarea
          ref={(element) => {
            fieldRef.current = element
          }}
          rows={1}
          dir="auto"
          value={text}
          aria-label={compose.label}
          placeholder={compose.placeholder}
          aria-invalid={over > 0 || undefined}
          enterkeyhint={isTouched() ? 'enter' : 'send'}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={draft.flush}
        />
        <div class={css.buttons}>
          {open && <StopButton stopping={stopping} onStop={onStop} />}
          {(!open || canSend) && <SendButton disabled={!canSend} />}
        </div>
      </div>
      {over > 0 && (
        <p class={css.hint} role="alert">
          {compose.tooLong(over)}
        </p>
      )}
    </form>
  )
}

function SendButton({ disabled }: { disabled: boolean }) {
  const { compose } = useText().chat
  return (
    <span class={css.send} data-off={disabled || undefined}>
      <IconButton icon="send" label={compose.send} type="submit" aria-disabled={disabled} />
    </span>
  )
}

function StopButton({ stopping, onStop }: { stopping: boolean; onStop: () => void }) {
  const { compose } = useText().chat
  return (
    <span class={css.stop}>
      <IconButton
        icon="stop"
        label={stopping ? compose.stopping : compose.stop}
        aria-disabled={stopping}
        onClick={onStop}
      />
    </span>
  )
}

/** Begins with what was written here before, and keeps what is when the conversation changes. */
function useDraft(draft: Draft, setText: (text: string) => void): void {
  useEffect(() => {
    let current = true
    setText('')
    void draft.read().then((kept) => {
      if (current && kept !== '') setText(kept)
    })
    return () => {
      current = false
      draft.flush()
    }
  }, [draft])
}

/** Browsers that cannot size a field by its content have it measured. */
function useGrowth(field: ComposerProps['fieldRef'], text: string): void {
  const native = useRef(CSS.supports('field-sizing', 'content'))
  useLayoutEffect(() => {
    const element = field.current
    if (native.current || !element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])
}
