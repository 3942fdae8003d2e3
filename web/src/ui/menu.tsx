import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'
import css from './menu.module.css'

interface MenuItem {
  label: string
  icon?: IconName
  danger?: boolean
  /** For one of several of which one holds. */
  checked?: boolean
  onChoose: () => void
}

interface MenuProps {
  /** The button that opens it; gets what makes it one. */
  button: (props: {
    'aria-haspopup': 'menu'
    'aria-expanded': boolean
    'aria-controls': string
    onClick: () => void
  }) => ComponentChildren
  label: string
  items: readonly (MenuItem | 'line')[]
  /** Where it opens, seen from the button. */
  place?: 'below-start' | 'below-end' | 'above-start'
}

/** A menu as the ARIA practices describe it: arrows, Home, End, a letter; Escape and Tab leave it. */
export function Menu({ button, label, items, place = 'below-end' }: MenuProps) {
  const id = useId()
  const [open, setOpen] = useState(false)
  const wrap = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (!open) return
    entries(wrap.current)[0]?.focus()
    const outside = (event: Event) => {
      if (event.target instanceof Node && !wrap.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open])

  function close(): void {
    setOpen(false)
    wrap.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!open) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (event.key === 'Tab') setOpen(false)
    else if (move(wrap.current, event.key)) event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the menu within.
    <div class={css.wrap} ref={wrap} onKeyDown={onKeyDown}>
      {button({
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        'aria-controls': id,
        onClick: () => setOpen(!open),
      })}
      {open && (
        <div id={id} role="menu" aria-label={label} class={`${css.menu} ${css[place]}`}>
          {items.map((item, place) =>
            item === 'line' ? (
              <hr key={`line-${place}`} />
            ) : (
              <Entry key={item.label} item={item} close={close} />
            ),
          )}
        </div>
      )}
    </div>
  )
}

function Entry({ item, close }: { item: MenuItem; close: () => void }) {
  const { label, icon, danger, checked, onChoose } = item
  return (
    <button
      type="button"
      {...(checked === undefined ? { role: 'menuitem' } : { role: 'menuitemradio', 'aria-checked': checked })}
      tabIndex={-1}
      class={danger ? css.danger : undefined}
      onClick={() => {
        close()
        onChoose()
      }}
    >
      {icon && <Icon name={icon} size={18} />}
      <span>{label}</span>
      {checked && <Icon name="check" size={16} />}
    </button>
  )
}

function entries(within: HTMLElement | null): HTMLElement[] {
  return [...(within?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
}

/** Moves the focus as a key asks; false when the key is none of the menu's. */
function move(within: HTMLElement | null, key: string): boolean {
  const all = entries(within)
  const at = all.indexOf(document.activeElement as HTMLElement)
  const next = target(all, at, key)
  if (next === undefined) return false
  next.focus()
  return true
}

function target(all: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  if (key === 'ArrowDown') return all[(at + 1) % all.length]
  if (key === 'ArrowUp') return all.at((at <= 0 ? all.length : at) - 1)
  if (key === 'Home') return all[0]
  if (key === 'End') return all.at(-1)
  if (key.length !== 1) return undefined
  const rest = [...all.slice(at + 1), ...all.slice(0, at + 1)]
  return rest.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(key.toLowerCase()))
}
