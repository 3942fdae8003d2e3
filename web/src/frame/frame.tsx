import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { useApp } from '../app.ts'
import { UpdateBanner } from '../release/update-banner.tsx'
import { SyncBanners } from '../sync/banners.tsx'
import { Layout } from '../ui/layout.tsx'
import css from './frame.module.css'
import { PersonMenu } from './person-menu.tsx'

interface FrameProps {
  /** Heading of the page, also in the title of the tab. */
  title: string
  tools?: ComponentChildren
  banner?: ComponentChildren
  /** Between the name of the page and the person: a list of conversations, the sections of a page. */
  sidebar?: ComponentChildren
  children: ComponentChildren
}

/** What surrounds every page of somebody who is signed in. */
export function Frame({ title, tools, banner, sidebar, children }: FrameProps) {
  const { text, config } = useApp()
  const { path } = useLocation()
  const { common } = text.value
  useEffect(() => {
    document.title = title === common.brand ? title : `${title} · ${common.brand}`
  }, [title, common])
  return (
    <Layout
      path={path}
      title={<h1 dir="auto">{title}</h1>}
      tools={tools}
      banner={
        <>
          <UpdateBanner />
          <SyncBanners />
          {banner}
        </>
      }
      labels={{
        skip: common.skip,
        menu: common.openMenu,
        close: common.close,
        sidebar: common.nav.label,
      }}
      sidebar={
        <>
          <a class={css.brand} href="/">
            {common.brand}
          </a>
          <div class={css.slot}>{sidebar}</div>
          {config.simulated && <p class={css.simulated}>{common.simulated}</p>}
          <PersonMenu />
        </>
      }
    >
      {children}
    </Layout>
  )
}
