import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { ChangeMaintenance, MaintenanceInForce } from '../contract/maintenance.ts'

/**
 * How maintenance was set last, as the database and the file keep it. Wherever two are met, the later one counts, so
 * that each place may be behind, or gone for a while.
 */
export const Setting = z.object({
  active: z.boolean(),
  /** When it was set; always later than what it replaced. */
  at: z.iso.datetime({ precision: 3 }),
  revision: z.uuid(),
  /** When the maintenance began that this belongs to. */
  since: z.iso.datetime(),
  message: z.string().max(2_000),
  until: z.iso.datetime().nullable(),
  readOnly: z.boolean(),
  allow: z.array(z.string().max(100)).max(1_000),
  /** Signs the bypasses of this one maintenance. */
  key: z.base64url().max(100),
})
export type Setting = z.infer<typeof Setting>

const UNSAID = 'Helix is being worked on and will be back soon.'

/** What a change makes of what was set before. */
export function changed(before: Setting | undefined, change: ChangeMaintenance, now: Date): Setting {
  const goesOn = change.active && inForce(before, now) !== null ? before : undefined
  const at = laterThan(before, now)
  return {
    active: change.active,
    at,
    revision: randomUUID(),
    since: goesOn?.since ?? at,
    message: change.message ?? UNSAID,
    until: change.until === null ? null : new Date(change.until).toISOString(),
    readOnly: change.readOnly,
    allow: [...change.allow],
    // Who was let through stays let through while it is the same maintenance.
    key: goesOn?.key ?? randomBytes(32).toString('base64url'),
  }
}

/** What is to be done without: the same, ended. */
export function ended(before: Setting, now: Date): Setting {
  return { ...before, active: false, at: laterThan(before, now), revision: randomUUID() }
}

/** Whether `one` was set after `other`. */
export function isLater(one: Setting, other: Setting | undefined): boolean {
  if (other === undefined || one.at !== other.at) return one.at > (other?.at ?? '')
  return one.revision > other.revision
}

/** The one that counts; `one` where both are the same. */
export function later(one: Setting | undefined, other: Setting | undefined): Setting | undefined {
  return other !== undefined && isLater(other, one) ? other : one
}

/** The maintenance there is at a moment; null when it is off, or over by itself. */
export function inForce(setting: Setting | undefined, now: Date): Setting | null {
  if (!setting?.active) return null
  return setting.until === null || Date.parse(setting.until) > now.getTime() ? setting : null
}

/** What anyone may know of it. */
export function noticeOf({ message, until, readOnly, revision }: Setting): MaintenanceInForce {
  return { message, until, readOnly, revision }
}

/** A setting as it was kept; undefined for what is none. */
export function readSetting(value: unknown): Setting | undefined {
  return Setting.safeParse(value).data
}

// The clocks of several machines differ; whoever saw the last setting sets a later one all the same.
function laterThan(before: Setting | undefined, now: Date): string {
  const earliest = before === undefined ? 0 : Date.parse(before.at) + 1
  return new Date(Math.max(now.getTime(), earliest)).toISOString()
}
