import { useText } from '../app.ts'
import { failureText } from '../text/failure.ts'
import css from './settings.module.css'

/** Why the last attempt failed, read out as it appears; nothing where it did not. */
export function Failed({ error, text }: { error: unknown; text?: string | undefined }) {
  const { failures } = useText()
  if (error === undefined) return null
  return (
    <p class={css.failed} role="alert">
      {text ?? failureText(error, failures)}
    </p>
  )
}
