import type { PublicStatus } from '../../../src/contract/status.ts'

/** With the shape in its name: what another release kept is not read. */
const KEY = 'helix.status.1'

/** Keeps the latest status on this device, to have something to show while the gateway is away. */
export function keepStatus(storage: Storage, status: PublicStatus): void {
  try {
    storage.setItem(KEY, JSON.stringify(status))
  } catch {
    // A full storage costs only what is shown in an outage.
  }
}

/** What was kept last; undefined where there is nothing that can be read. */
export function keptStatus(storage: Storage): PublicStatus | undefined {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? 'null')
    return isStatus(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

/** Whether it is a picture that can be shown. */
export function isStatus(kept: unknown): kept is PublicStatus {
  const { components, incidents } = (kept ?? {}) as Partial<PublicStatus>
  return Array.isArray(components) && Array.isArray(incidents)
}
