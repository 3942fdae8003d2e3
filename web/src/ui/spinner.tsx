import css from './spinner.module.css'

/** Something is under way; `label` says what, where nothing near it does. */
export function Spinner({ label }: { label?: string }) {
  return label === undefined ? (
    <span class={css.spinner} aria-hidden="true" />
  ) : (
    <span role="status">
      <span class={css.spinner} aria-hidden="true" />
      <span class="hidden-text">{label}</span>
    </span>
  )
}
