import type { CheckState, Health } from '../contract/health.ts'
import type { ComponentName, ComponentStatus } from '../contract/status.ts'

export const COMPONENTS: readonly ComponentName[] = ['gateway', 'database', 'claude', 'discord']

const STATUS: Record<CheckState, ComponentStatus> = {
  ok: 'operational',
  degraded: 'degraded',
  down: 'down',
  off: 'off',
}

/** How each part is, as the public may know it. The gateway that says it is there. */
export function componentStatuses({ checks }: Health): Record<ComponentName, ComponentStatus> {
  const of = (name: string) => STATUS[checks[name] ?? 'off']
  return {
    gateway: 'operational',
    database: of('database'),
    claude: of('claude'),
    discord: of('discord'),
  }
}
