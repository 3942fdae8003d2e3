import { useState } from 'preact/hooks'
import { useText } from '../../app.ts'
import { IconButton } from '../../ui/button.tsx'
import css from './composer.module.css'

interface SecretComposerProps {
  onSend: (secret: string) => void
  fieldRef: { current: HTMLTextAreaElement | HTMLInputElement | null }
}

/** Where an answer is written that must not be seen: masked, without a draft, and no password to be remembered. */
export function SecretComposer({ onSend, fieldRef }: SecretComposerProps) {
  const { compose } = useText().chat
  const [secret, setSecret] = useState('')
  return (
    <form
      class={css.composer}
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        if (secret.trim() === '') return
        onSend(secret)
        setSecret('')
      }}
    >
      <div class={css.box}>
        <input
          ref={(element) => {
            fieldRef.current = element
          }}
          type="password"
          name="one-time-secret"
          autocomplete="one-time-code"
          autocapitalize="off"
          spellcheck={false}
          value={secret}
          aria-label={compose.secretLabel}
          placeholder={compose.secretLabel}
          aria-describedby="secret-hint"
          onInput={(event) => setSecret(event.currentTarget.value)}
        />
        <div class={css.buttons}>
          <span class={css.send} data-off={secret.trim() === '' || undefined}>
            <IconButton icon="send" label={compose.send} type="submit" />
          </span>
        </div>
      </div>
      <p class={css.hint} id="secret-hint">
        {compose.secretHint}
      </p>
    </form>
  )
}
