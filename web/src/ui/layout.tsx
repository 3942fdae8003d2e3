import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { IconButton } from './button.tsx'
import css from './layout.module.css'

interface LayoutProps {
  /** What stands beside the content; on a phone it slides in. */
  sidebar: ComponentChildren
  /** The line above the content. */
  title: ComponentChildren
  /** At the end of that line. */
  tools?: ComponentChildren
  /** Below that line, above the content. */
  banner?: ComponentChildren
  children: ComponentChildren
  labels: { skip: string; menu: string; close: string; sidebar: string }
  /** Closes the sidebar of a phone when it changes. */
  path: string
}

/** A sidebar and the content, on a phone one above the other. */
export function Layout({ sidebar, title, tools, banner, children, labels, path }: LayoutProps) {
  const [open, setOpen] = useState(false)
  const side = useRef<HTMLElement>(null)
  useEffect(() => setOpen(false), [path])
  useEffect(() => {
    if (!open) return
    const before = document.activeElement
    side.current?.focus()
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      if (before instanceof HTMLElement) before.focus()
    }
  }, [open])
  return (
    <div class={css.layout} data-open={open || undefined}>
      <a class={css.skip} href="#content">
        {labels.skip}
      </a>
      <nav class={css.side} aria-label={labels.sidebar} ref={side} tabIndex={-1}>
        {sidebar}
      </nav>
      {open && (
        <button type="button" class={css.shade} aria-label={labels.close} onClick={() => setOpen(false)} />
      )}
      <div class={css.page} inert={open}>
        <header class={css.top}>
          <div class={css.opener}>
            <IconButton icon="menu" label={labels.menu} aria-expanded={open} onClick={() => setOpen(true)} />
          </div>
          <div class={css.title}>{title}</div>
          {tools}
        </header>
        {banner}
        <main id="content" class={css.main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  )
}
