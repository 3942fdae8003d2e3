import { useEffect, useRef } from 'preact/hooks'
import { useText } from '../app.ts'
import { Icon } from '../ui/icon.tsx'
import css from './section-nav.module.css'

interface SectionNavProps {
  /** Name of the list, for who does not see it. */
  label: string
  sections: readonly { path: string; name: string }[]
  current: string
  /** As a list in the sidebar, or as a row above the content, where there is no sidebar. */
  place: 'sidebar' | 'row'
}

/** The sections of a page, each with an address of its own. */
export function SectionNav({ label, sections, current, place }: SectionNavProps) {
  const { nav } = useText().common
  const here = useRef<HTMLAnchorElement>(null)
  // A row may be wider than the phone: where one is, is in sight.
  useEffect(() => here.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), [current])
  return (
    <nav class={css[place]} aria-label={label}>
      {place === 'sidebar' && (
        <a href="/" class={css.back}>
          <Icon name="left" size={16} />
          {nav.chat}
        </a>
      )}
      <ul>
        {sections.map(({ path, name }) => (
          <li key={path}>
            <a
              href={path}
              ref={path === current ? here : null}
              aria-current={path === current ? 'page' : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
