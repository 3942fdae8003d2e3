import type { ComponentChildren } from 'preact'
import css from './notice.module.css'

/** A page that has only one thing to say. */
export function Notice({
  title,
  body,
  children,
}: {
  title: string
  body: string
  children?: ComponentChildren
}) {
  return (
    <main id="content" class={css.notice}>
      <h1>{title}</h1>
      <p>{body}</p>
      {children}
    </main>
  )
}
