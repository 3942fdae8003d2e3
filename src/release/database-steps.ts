import type { PlannedChange, Step } from './steps.ts'

interface DatabaseDeps {
  /** Versions that are to be applied, in order. */
  pending: readonly string[]
  /** Whether no older release can start on the database any more once they are. */
  leavesNoWayBack?: boolean
  where: string
  migrate: () => Promise<void>
  /** Makes a backup and says which; undefined where there is nothing yet to lose. */
  backup: (() => Promise<string>) | undefined
}

const NOTHING_YET = 'skipped: there is nothing yet to back up'

const NO_WAY_BACK =
  'from then on no older release starts: one that serves goes on, until it is restarted, and cannot be gone back to'

/** The steps of a release that concern its database. What is applied only adds, so nothing has to be taken back. */
export function databaseSteps({
  pending,
  leavesNoWayBack = false,
  where,
  migrate,
  backup,
}: DatabaseDeps): Step[] {
  const planned = (what: string, command?: string): PlannedChange => ({
    where,
    what,
    ...(command && { command }),
  })
  return [
    {
      name: 'backup',
      plan: () => [backup ? planned('back up everything', 'helix backup create') : planned(NOTHING_YET)],
      run: async () => (backup ? backup() : NOTHING_YET),
    },
    {
      name: 'migrate',
      plan: () => [
        ...(pending.length === 0 ? [] : [planned(`apply ${pending.join(', ')}`, 'helix db migrate')]),
        ...(leavesNoWayBack ? [planned(NO_WAY_BACK)] : []),
      ],
      async run() {
        if (pending.length === 0) return undefined
        await migrate()
        return [`applied ${pending.join(', ')}`, ...(leavesNoWayBack ? [NO_WAY_BACK] : [])].join('; ')
      },
    },
  ]
}
