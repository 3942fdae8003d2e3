import { fileURLToPath } from 'node:url'
import { HelixError } from '../errors.ts'
import type { Host } from '../shell/host.ts'
import { script } from '../shell/script.ts'
import { crontab } from './crontab.ts'
import { systemdTimer } from './systemd.ts'

/** Something that is done again and again, in the name of whoever asked for it. */
export interface Job {
  /** Tells jobs apart, and is their name: `helix-health-production`. */
  name: string
  /** How often: every so many minutes, or each day at a time of the machine's clock, `03:17`. */
  when: { everyMinutes: number } | { dailyAt: string }
  /** The words of the command line, the program first. */
  words: readonly string[]
  cwd: string
}

/** One way to have a job done. */
export interface Schedule {
  readonly how: ScheduleKind
  /** What is written, as a person reads it, and where. */
  readonly shown: string
  /** Whether it is there as it should be. */
  isThere(): Promise<boolean>
  /** Puts it in place of whatever has its name. */
  install(): Promise<void>
  remove(): Promise<void>
  /** What keeps it from being done, where that is known. */
  warning(): Promise<string | undefined>
}

export type ScheduleKind = 'systemd' | 'cron'

export const MAKERS: Record<ScheduleKind, (host: Host, job: Job) => Schedule> = {
  systemd: systemdTimer,
  cron: crontab,
}

/** What this machine has: timers of the user's systemd, else cron. @throws HelixError `precondition_failed` for neither */
export async function scheduleKind(host: Host): Promise<ScheduleKind> {
  const asked = await host.run(
    script(`
case "$(systemctl --user is-system-running 2>/dev/null || true)" in running|degraded) echo systemd; exit;; esac
command -v crontab > /dev/null && echo cron || true`),
  )
  const found = asked.stdout.trim()
  if (found === 'systemd' || found === 'cron') return found
  throw new HelixError('precondition_failed', 'This machine has neither timers of systemd nor cron', {
    hint: 'Install cron, or have something else run the same every few minutes.',
  })
}

/** The command line that starts this very Helix. */
export function thisHelix(): string[] {
  const own = fileURLToPath(import.meta.url)
  const launcher = new URL(`../../bin/helix.${own.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  return [process.execPath, fileURLToPath(launcher)]
}
