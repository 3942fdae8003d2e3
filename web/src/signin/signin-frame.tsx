import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp } from '../app.ts'
import { SyncBanners } from '../sync/banners.tsx'
import { LANGUAGES, type Language } from '../text/text.ts'
import { Drawing } from './drawing.tsx'
import css from './signin-frame.module.css'

interface SigninFrameProps {
  title: string
  /** What stands below the title. */
  lead?: ComponentChildren
  children?: ComponentChildren
}

/** What surrounds the pages of signing in. */
export function SigninFrame({ title, lead, children }: SigninFrameProps) {
  const { text, config } = useApp()
  const { common, signin } = text.value
  useEffect(() => {
    document.title = `${title} · ${common.brand}`
  }, [title, common])
  return (
    <div class={css.frame}>
      <header class={css.top}>
        <a href="/" class={css.brand}>
          {common.brand}
        </a>
      </header>
      <main id="content" class={css.main}>
        <SyncBanners />
        <h1>{title}</h1>
        {lead && <p class={css.lead}>{lead}</p>}
        {children}
      </main>
      <footer class={css.foot}>
        <LanguageSwitch />
        <a href="/status">{common.nav.status}</a>
        {config.simulated && <span>{common.simulated}</span>}
      </footer>
      <aside class={css.aside} aria-label={common.brand}>
        <Drawing />
        <p class={css.tagline}>{signin.tagline}</p>
        <p class={css.promise}>{signin.promise}</p>
      </aside>
    </div>
  )
}

/** One press leads to the other language. */
function LanguageSwitch() {
  const { text } = useApp()
  const other: Language = text.language.value === 'en' ? 'pt' : 'en'
  return (
    <button type="button" lang={other} onClick={() => void text.use(other)}>
      {LANGUAGES[other]}
    </button>
  )
}
