import { useRoute } from 'preact-iso/router'
import { useApp, useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'
import { SectionNav } from '../frame/section-nav.tsx'
import { NotFound } from '../not-found.tsx'
import { failureText } from '../text/failure.ts'
import { useLoad } from '../ui/use-load.ts'
import { Waiting } from '../ui/waiting.tsx'
import css from './admin.module.css'
import { AuditSection } from './audit-section.tsx'
import { CostSection } from './cost-section.tsx'
import { ErrorsSection } from './errors-section.tsx'
import { FeedbackSection } from './feedback-section.tsx'
import { IncidentsSection } from './incidents-section.tsx'
import { MaintenanceSection } from './maintenance-section.tsx'
import { OverviewSection } from './overview-section.tsx'
import { PeopleSection } from './people-section.tsx'
import { SettingsSection } from './settings-section.tsx'

const SECTIONS = {
  overview: OverviewSection,
  people: PeopleSection,
  cost: CostSection,
  incidents: IncidentsSection,
  maintenance: MaintenanceSection,
  feedback: FeedbackSection,
  errors: ErrorsSection,
  audit: AuditSection,
  settings: SettingsSection,
}
type SectionName = keyof typeof SECTIONS
const NAMES = Object.keys(SECTIONS) as SectionName[]

const pathOf = (name: SectionName) => (name === 'overview' ? '/admin' : `/admin/${name}`)

/** What the creator sees of the whole; to everybody else there is no such page. */
export function AdminPage() {
  const { client } = useApp()
  const { admin, common, failures } = useText()
  const { section: asked } = useRoute().params
  const creator = useLoad(() => isCreator(client.account.profile()), [])
  const name = asked === undefined ? 'overview' : NAMES.find((one) => one === asked)
  if (creator.value === false || name === undefined) return <NotFound />
  const Section = SECTIONS[name]
  const nav = {
    label: admin.sections.label,
    sections: NAMES.map((one) => ({ path: pathOf(one), name: admin.sections[one] })),
    current: pathOf(name),
  }
  const shown = creator.value === true
  return (
    <Frame
      title={shown ? admin.title : common.brand}
      sidebar={shown && <SectionNav {...nav} place="sidebar" />}
    >
      <div class={css.page}>
        {shown ? (
          <>
            <SectionNav {...nav} place="row" />
            <Section key={name} />
          </>
        ) : (
          <Waiting loaded={creator} labels={common} failed={failureText(creator.error, failures)} />
        )}
      </div>
    </Frame>
  )
}

/** During maintenance nobody is told who they are, and the creator must still be able to end it. */
async function isCreator(profile: Promise<{ creator: boolean }>): Promise<boolean> {
  try {
    return (await profile).creator
  } catch (error) {
    if ((error as { code?: unknown }).code === 'maintenance') return true
    throw error
  }
}
