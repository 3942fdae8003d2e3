import { useRoute } from 'preact-iso/router'
import { useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'
import { SectionNav } from '../frame/section-nav.tsx'
import { DataSection } from './data-section.tsx'
import { DevicesSection } from './devices-section.tsx'
import { LookSection } from './look-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import css from './settings.module.css'
import { SignInSection } from './sign-in-section.tsx'
import { TokensSection } from './tokens-section.tsx'

const SECTIONS = {
  profile: ProfileSection,
  look: LookSection,
  'sign-in': SignInSection,
  devices: DevicesSection,
  tokens: TokensSection,
  data: DataSection,
}
type SectionName = keyof typeof SECTIONS
const NAMES = Object.keys(SECTIONS) as SectionName[]

const pathOf = (name: SectionName) => (name === 'profile' ? '/settings' : `/settings/${name}`)

/** What a person decides about themselves and their account, one section an address. */
export function SettingsPage() {
  const { settings } = useText()
  const { section: asked } = useRoute().params
  const name = NAMES.find((one) => one === asked) ?? 'profile'
  const Section = SECTIONS[name]
  const nav = {
    label: settings.sections.label,
    sections: NAMES.map((one) => ({ path: pathOf(one), name: settings.sections[one] })),
    current: pathOf(name),
  }
  return (
    <Frame title={settings.title} sidebar={<SectionNav {...nav} place="sidebar" />}>
      <div class={css.page}>
        <SectionNav {...nav} place="row" />
        <h2 class={css.heading}>{settings.sections[name]}</h2>
        <Section key={name} />
      </div>
    </Frame>
  )
}
