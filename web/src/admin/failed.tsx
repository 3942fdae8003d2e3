import { useText } from '../app.ts'
import { codeOf, failureText } from '../text/failure.ts'
import css from './admin.module.css'

/** Why the last attempt failed, read out as it appears; nothing where it did not. `said` has better words by code. */
export function Failed({ error, said = {} }: { error: unknown; said?: Readonly<Record<string, string>> }) {
  const { failures } = useText()
  if (error === undefined) return null
  return (
    <p class={css.failed} role="alert">
      {said[codeOf(error)] ?? failureText(error, failures)}
    </p>
  )
}
