import { asHelixError, HelixError } from '../../src/errors.ts'
import type { HostApi } from '../../src/host-api.ts'
import type { PlatformBackups } from '../../src/supabase/backups.ts'
import type { Colour } from '../../src/ui/colour.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'

/** The project of the configuration, and Supabase as its owner may ask it. */
export interface Platform {
  api: HostApi
  project: string
}

/** @throws HelixError `config_invalid` without a token, or a project */
export async function openPlatform(context: Context): Promise<Platform> {
  const config = await context.config()
  const { accessToken: token, managementUrl: url } = config.supabase
  if (!token)
    throw new HelixError('config_invalid', 'SUPABASE_ACCESS_TOKEN is not set', {
      hint: `Make a personal access token (https://supabase.com/dashboard/account/tokens) and put it into .env.${config.env}.`,
    })
  const { hostApi } = await import('../../src/host-api.ts')
  const { projectRef } = await import('../../src/supabase/project.ts')
  const { signal } = context
  return { api: hostApi({ name: 'Supabase', url, token, signal }), project: projectRef(config) }
}

/** What Supabase itself keeps; `problem` where that cannot be had, and null where the database is not Supabase's. */
export async function platformOf(
  context: Context,
): Promise<PlatformBackups | { problem: string; hint: string | null } | null> {
  const { mode } = await context.config()
  if (mode !== 'supabase') return null
  const { platformBackups } = await import('../../src/supabase/backups.ts')
  try {
    const { api, project } = await openPlatform(context)
    return await platformBackups(api, project)
  } catch (thrown) {
    context.signal.throwIfAborted()
    const { message, hint } = asHelixError(thrown)
    return { problem: message, hint: hint ?? null }
  }
}

/** The same for people. */
export function platformLines(platform: Awaited<ReturnType<typeof platformOf>>, colour: Colour): string[] {
  if (platform === null) return []
  if ('problem' in platform)
    return [
      colour.dim(
        `What Supabase keeps itself is not known: ${platform.problem}. ${platform.hint ?? ''}`.trim(),
      ),
    ]
  const { project, region, pointInTime, earliest, latest, backups } = platform
  const range = earliest === null || latest === null ? 'nothing yet' : `${earliest} to ${latest}`
  const newest = backups[0]
  return [
    `Supabase itself keeps of ${project} (${safeText(region)}):`,
    pointInTime
      ? `  any moment: ${range}  ${colour.dim('helix restore --at <moment>')}`
      : `  ${colour.yellow('point-in-time recovery is off')}, an add-on of the project`,
    newest === undefined
      ? `  ${pointInTime ? 'no daily backups, which any moment replaces' : colour.yellow('no daily backups')}`
      : `  ${backups.length} daily backups, the newest of ${newest.at} (${safeText(newest.status.toLowerCase())}); its dashboard restores them`,
  ]
}
