import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'
import css from './button.module.css'
import { Icon, type IconName } from './icon.tsx'
import { Spinner } from './spinner.tsx'

type Attributes = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'class' | 'className' | 'icon' | 'label'>

interface ButtonProps extends Attributes {
  /** `primary` once a view; `quiet` has no border; `danger` destroys something. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  icon?: IconName
  /** While it works it keeps its size and cannot be pressed again. */
  busy?: boolean | undefined
  /** As wide as its container. */
  wide?: boolean
  children: ComponentChildren
}

export function Button({
  kind = 'plain',
  icon,
  busy,
  wide,
  children,
  disabled,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`${css.button} ${css[kind]} ${wide ? css.wide : ''}`}
      // Not `disabled`, which would drop the focus of whoever pressed it.
      aria-disabled={busy || disabled || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy || disabled) event.preventDefault()
        else if (typeof onClick === 'function') onClick(event)
      }}
      {...rest}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  )
}

/** The same look for what leads elsewhere. */
export function ButtonLink({
  kind = 'plain',
  icon,
  wide,
  children,
  href,
}: Pick<ButtonProps, 'kind' | 'icon' | 'wide' | 'children'> & { href: string }) {
  return (
    <a class={`${css.button} ${css[kind]} ${wide ? css.wide : ''}`} href={href}>
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </a>
  )
}

interface IconButtonProps extends Attributes {
  icon: IconName
  /** What it does, for who cannot see the icon; also shown on hovering. */
  label: string
  small?: boolean
}

export function IconButton({ icon, label, small, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`${css.icon} ${small ? css.small : ''}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} size={small ? 17 : 20} />
    </button>
  )
}
