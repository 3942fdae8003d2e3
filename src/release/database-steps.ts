import type { PlannedChange, Step } from './steps.ts'

interface DatabaseDeps {
  /** Versions that are to be applied, in order. */
  pending: readonly string[]
  where: string
  migrate: () => Promise<void>
}

/** The steps of a release that concern its database. What is applied only adds, so nothing has to be taken back. */
export function databaseSteps({ pending, where, migrate }: DatabaseDeps): Step[] {
  const planned = (what: string, command?: string): PlannedChange => ({
    where,
    what,
    ...(command && { command }),
  })
  return [
    {
      name: 'backup',
      plan: () => [planned('skipped: helix cannot make backups yet')],
      run: async () => 'skipped: helix cannot make backups yet',
    },
    {
      name: 'migrate',
      plan: () => (pending.length === 0 ? [] : [planned(`apply ${pending.join(', ')}`, 'helix db migrate')]),
      async run() {
        if (pending.length === 0) return undefined
        await migrate()
        return `applied ${pending.join(', ')}`
      },
    },
  ]
}
