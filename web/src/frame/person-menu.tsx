import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'
import { UnsentDialog } from '../sync/unsent-dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import css from './frame.module.css'

/** Who is signed in, and the pages that belong to them. */
export function PersonMenu() {
  const { session, outbox, text, toasts, creator } = useApp()
  const [asking, setAsking] = useState(false)
  const { route } = useLocation()
  const { nav } = text.value.common
  const who = session.state.value
  if (typeof who === 'string') return null

  const unsent = outbox.waiting.value.length

  async function signOut(): Promise<void> {
    setAsking(false)
    await session.signOut('local').catch(() => toasts.fail(text.value.common.failed.title))
  }

  return (
    <div class={css.person}>
      <Menu
        label={nav.label}
        place="above-start"
        button={(props) => (
          <button
            type="button"
            class={css.who}
            {...props}
            // By the time it is pressed it is known whose menu it is.
            onPointerEnter={creator.ask}
            onFocus={creator.ask}
          >
            <Icon name="person" />
            <span>{who.email || nav.settings}</span>
            <Icon name="more" size={18} />
          </button>
        )}
        items={[
          { label: nav.settings, icon: 'settings', onChoose: () => route('/settings') },
          { label: nav.usage, icon: 'chart', onChoose: () => route('/usage') },
          { label: nav.status, icon: 'pulse', onChoose: () => route('/status') },
          ...(creator.is.value
            ? [{ label: nav.admin, icon: 'shield' as const, onChoose: () => route('/admin') }]
            : []),
          { label: nav.docs, icon: 'book', onChoose: () => location.assign('/docs') },
          'line',
          {
            label: nav.signOut,
            icon: 'leave',
            onChoose: () => (unsent > 0 ? setAsking(true) : void signOut()),
          },
        ]}
      />
      {asking && (
        <UnsentDialog count={unsent} onClose={() => setAsking(false)} onConfirm={() => void signOut()} />
      )}
    </div>
  )
}
