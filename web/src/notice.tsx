import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useText } from './app.ts'
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
  const { brand } = useText().common
  useEffect(() => {
    document.title = `${title} · ${brand}`
  }, [title, brand])
  return (
    <main id="content" class={css.notice}>
      <a class={css.brand} href="/">
        {brand}
      </a>
      <h1>{title}</h1>
      <p>{body}</p>
      {children}
    </main>
  )
}
