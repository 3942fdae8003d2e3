import type { ComponentChildren } from 'preact'
import css from './banner.module.css'
import { Icon } from './icon.tsx'

interface BannerProps {
  kind?: 'info' | 'warning' | 'bad' | 'good'
  children: ComponentChildren
  /** What can be done about it. */
  action?: ComponentChildren
}

/** News that stay as long as they hold. What replaces it is read out when the reader comes to rest. */
export function Banner({ kind = 'info', children, action }: BannerProps) {
  return (
    <div class={`${css.banner} ${css[kind]}`} role="status">
      <Icon name={kind === 'info' ? 'info' : kind === 'good' ? 'check' : 'warning'} size={18} />
      <div class={css.text}>{children}</div>
      {action}
    </div>
  )
}
