import type { ComponentChildren } from 'preact'
import { useContext, useEffect, useId, useRef } from 'preact/hooks'
import { IconButton } from './button.tsx'
import css from './dialog.module.css'
import { ToastList } from './toast-list.tsx'
import { PageToasts } from './toasts.ts'

interface DialogProps {
  title: string
  /** Name of the button that closes it. */
  closeLabel: string
  onClose: () => void
  children: ComponentChildren
  /** Buttons at its foot. */
  actions?: ComponentChildren
  wide?: boolean
}

/**
 * A window above the page, shown as long as it is rendered. Escape and a press beside it close it; the focus goes
 * back to where it was.
 */
export function Dialog({ title, closeLabel, onClose, children, actions, wide }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  const said = useContext(PageToasts)
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has Escape; the click only catches the backdrop.
    <dialog
      ref={element}
      class={`${css.dialog} ${wide ? css.wide : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div class={css.inner}>
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={closeLabel} onClick={onClose} />
        </header>
        <div class={css.body}>{children}</div>
        {actions && <footer>{actions}</footer>}
      </div>
      {said && <ToastList {...said} />}
    </dialog>
  )
}
