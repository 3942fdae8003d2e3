import { useRoute } from 'preact-iso/router'
import type { Client } from '../../../src/client/client.ts'
import { useApp, useText } from '../app.ts'
import { Frame } from '../frame/frame.tsx'
import { SectionNav } from '../frame/section-nav.tsx'
import { NotFound } from '../not-found.tsx'
import { codeOf, failureText } from '../text/failure.ts'
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
  const creator = useLoad(() => isCreator(client), [])
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

/** During maintenance profiles are not read, but whose switch that is may still turn it. */
async function isCreator({ account, admin }: Client): Promise<boolean> {
  try {
    return (await account.profile()).creator
  } catch (error) {
    if (codeOf(error) !== 'maintenance') throw error
  }
  try {
    await admin.maintenance()
    return true
  } catch (error) {
    if (codeOf(error) === 'forbidden') return false
    throw error
  }
}
