import { z } from 'zod'
import type { Schedule } from '../../src/schedule/schedule.ts'
import { localHost } from '../../src/shell/local.ts'
import type { Context } from '../context.ts'
import { option } from '../define.ts'

export const howOption = option(
  '--with <what>',
  'systemd or cron; whichever there is, unless told',
  z.enum(['systemd', 'cron']).optional(),
)

interface Wanted {
  hosts: readonly string[]
  everyMinutes: number
  how: 'systemd' | 'cron' | undefined
}

/** The look at health of this environment, to be had again and again on this machine. */
export async function healthSchedule(
  context: Context,
  { hosts, everyMinutes, how }: Wanted,
): Promise<Schedule> {
  const { MAKERS, scheduleKind, thisHelix } = await import('../../src/schedule/schedule.ts')
  const { env, root } = await context.config()
  const host = localHost(context.environment)
  const options = [
    ...['--quiet', '--env', env],
    ...(context.url === undefined ? [] : ['--url', context.url]),
    ...(hosts.length === 0 ? [] : ['--host', ...hosts]),
  ]
  return MAKERS[how ?? (await scheduleKind(host))](host, {
    name: `helix-health-${env}`,
    when: { everyMinutes },
    words: [...thisHelix(), 'health', ...options],
    cwd: root,
  })
}
