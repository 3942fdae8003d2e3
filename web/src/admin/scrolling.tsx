import type { ComponentChildren } from 'preact'
import css from './admin.module.css'

/** What may be wider than the page, and is then scrolled by itself; also by keys. */
export function Scrolling({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class={css.scroll} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
