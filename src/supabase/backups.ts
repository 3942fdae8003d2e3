import { z } from 'zod'
import { HelixError } from '../errors.ts'
import type { HostApi } from '../host-api.ts'

/** What Supabase answers of the backups it keeps; more may come. */
const Answer = z.object({
  region: z.string(),
  pitr_enabled: z.boolean(),
  backups: z.array(
    z.object({ is_physical_backup: z.boolean(), status: z.string(), inserted_at: z.string() }),
  ),
  physical_backup_data: z
    .object({
      earliest_physical_backup_date_unix: z.number().optional(),
      latest_physical_backup_date_unix: z.number().optional(),
    })
    .nullish(),
})

/** What Supabase itself keeps of a project, whatever Helix does. */
export interface PlatformBackups {
  project: string
  region: string
  /** Whether it can go back to any moment: an add-on of the project. */
  pointInTime: boolean
  /** Between these any moment can be had; null where there is none yet. */
  earliest: string | null
  latest: string | null
  /** Those it makes each day, newest first. */
  backups: { at: string; physical: boolean; status: string }[]
}

/** Asks Supabase what it keeps of a project. @throws HelixError as `HostApi.call`, `host_failed` */
export async function platformBackups(api: HostApi, project: string): Promise<PlatformBackups> {
  const { json } = await api.call(`/v1/projects/${project}/database/backups`)
  const answer = Answer.safeParse(json)
  if (!answer.success)
    throw new HelixError('host_failed', 'Supabase answered something else than its backups', {
      hint: 'Its Management API may have changed; look for a newer Helix.',
    })
  const { region, pitr_enabled: pointInTime, backups, physical_backup_data: range } = answer.data
  return {
    ...{ project, region, pointInTime },
    earliest: momentOf(range?.earliest_physical_backup_date_unix),
    latest: momentOf(range?.latest_physical_backup_date_unix),
    backups: backups
      .map(({ inserted_at: at, is_physical_backup: physical, status }) => ({ at, physical, status }))
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
  }
}

/**
 * Says whether it can go back to a moment.
 * @throws HelixError `precondition_failed` where it cannot, with what can be had instead
 */
export function assertCanGoBackTo(
  at: Date,
  { project, pointInTime, earliest, latest }: PlatformBackups,
): void {
  if (!pointInTime)
    throw new HelixError('precondition_failed', `Point-in-time recovery is off for the project ${project}`, {
      hint: 'It is an add-on of the project (Settings → Add-ons). Without it: a backup of Helix, or a daily one of Supabase, which its dashboard restores.',
      next: ['helix backup list', 'helix restore latest'],
    })
  const inside =
    earliest !== null &&
    latest !== null &&
    at.getTime() >= Date.parse(earliest) &&
    at.getTime() <= Date.parse(latest)
  if (inside) return
  throw new HelixError('precondition_failed', `Supabase cannot go back to ${at.toISOString()}`, {
    hint:
      earliest === null || latest === null
        ? 'It has nothing to go back to yet.'
        : `It can to any moment from ${earliest} to ${latest}.`,
    details: { earliest, latest },
  })
}

function momentOf(seconds: number | undefined): string | null {
  return seconds === undefined || seconds <= 0 ? null : new Date(seconds * 1_000).toISOString()
}
