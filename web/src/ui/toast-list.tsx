import { useEffect, useMemo } from 'preact/hooks'
import { IconButton } from './button.tsx'
import css from './toast-list.module.css'
import type { Toasts } from './toasts.ts'

interface ToastListProps {
  toasts: Toasts
  closeLabel: string
  /** Whether they leave the foot of the page free, where somebody writes. */
  lifted?: boolean
}

/** Where toasts appear; once a page, and in each dialog above it. */
export function ToastList({ toasts, closeLabel, lifted }: ToastListProps) {
  const place = useMemo(() => Symbol('place of toasts'), [])
  useEffect(() => toasts.take(place), [toasts, place])
  const shown = toasts.place.value === place ? toasts.shown.value : []
  return (
    <div class={css.list} data-lifted={lifted || undefined} role="status" aria-live="polite">
      {shown.map(({ id, text, kind, action }) => (
        <div key={id} class={`${css.toast} ${kind === 'failed' ? css.failed : ''}`}>
          <p>{text}</p>
          {action && (
            <button
              type="button"
              class={css.action}
              onClick={() => {
                toasts.dismiss(id)
                action.onChoose()
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton small icon="close" label={closeLabel} onClick={() => toasts.dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
