import { checkConnection } from './connection.ts'
import type { Report } from './problems.ts'
import type { Secret } from './secret.ts'
import type { SettingValues } from './settings.ts'

export type Mode = 'supabase' | 'postgres' | 'embedded'

/** The mode that is in force, why, and the connection string of its database (none when embedded). */
export interface ModeChoice {
  mode: Mode
  because: string
  connection: Secret | undefined
}

/** What a choice looks at. */
export interface ModeInput {
  values: SettingValues
  production: boolean
  report: Report
}

/**
 * Chooses the mode: `HELIX_MODE` if set, else supabase with `SUPABASE_URL`, postgres with `DATABASE_URL` alone,
 * embedded with neither. Reports what the chosen mode lacks.
 */
export function chooseMode(input: ModeInput): ModeChoice {
  const { mode, supabase, databaseUrl } = input.values
  if (mode !== undefined) return choices[mode](input, `HELIX_MODE is ${mode}`)
  if (supabase.url !== undefined) return choices.supabase(input, 'SUPABASE_URL is set')
  if (databaseUrl !== undefined) return choices.postgres(input, 'DATABASE_URL is set')
  return choices.embedded(input, 'neither SUPABASE_URL nor DATABASE_URL is set')
}

const choices = {
  supabase({ values, report }: ModeInput, because: string): ModeChoice {
    const { url, dbUrl } = values.supabase
    const connection = dbUrl ?? values.databaseUrl
    if (url === undefined)
      report.problem(missing('SUPABASE_URL', because, 'Copy it from Project Settings → API.'))
    if (connection === undefined) report.problem(missing('SUPABASE_DB_URL', because, whereToCopy(url)))
    else checkConnection(connection, dbUrl ? 'SUPABASE_DB_URL' : 'DATABASE_URL', true, report)
    return { mode: 'supabase', because, connection }
  },

  postgres({ values, report }: ModeInput, because: string): ModeChoice {
    const connection = values.databaseUrl
    if (connection === undefined) {
      report.problem(
        missing('DATABASE_URL', because, 'Set it to postgres://user:password@host:5432/database.'),
      )
    } else checkConnection(connection, 'DATABASE_URL', false, report)
    return { mode: 'postgres', because, connection }
  },

  embedded({ values, production, report }: ModeInput, because: string): ModeChoice {
    if (production && values.mode === undefined) report.problem(NO_DATABASE_IN_PRODUCTION)
    return { mode: 'embedded', because, connection: undefined }
  },
}

const NO_DATABASE_IN_PRODUCTION = {
  source: 'NODE_ENV',
  message: 'in production the embedded database is not used unless asked for, and no other is set',
  fix: 'Set SUPABASE_URL and SUPABASE_DB_URL, or DATABASE_URL, or HELIX_MODE=embedded.',
}

function missing(name: string, because: string, fix: string) {
  return { source: name, message: `it is needed because ${because}, and is not set`, fix }
}

function whereToCopy(url: string | undefined): string {
  const project = url?.match(/^https:\/\/([a-z0-9]+)\.supabase\.co/)?.[1] ?? '<project>'
  return `Copy the connection string of the session pooler or the direct one from https://supabase.com/dashboard/project/${project}?showConnect=true.`
}
