import { type Host, runOn } from '../shell/host.ts'
import { script } from '../shell/script.ts'
import type { Job, Schedule } from './schedule.ts'

/** A line of the user's crontab, found again by the remark at its end. */
export function crontab(host: Host, job: Job): Schedule {
  const mark = `# ${job.name}`
  const line = lineOf(job, mark)
  const others = `crontab -l 2>/dev/null | { grep -v -e "$1\\$" || true; }`
  return {
    how: 'cron',
    shown: `# crontab -e\n${line}\n`,
    async isThere() {
      const asked = await host.run(script('crontab -l 2>/dev/null | grep -qxF -e "$1"', line))
      return asked.code === 0
    },
    async install() {
      const text = `{ ${others}; printf '%s\\n' "$2"; } | crontab -`
      await runOn(host, 'change the crontab', script(text, mark, line))
    },
    async remove() {
      await runOn(host, 'change the crontab', script(`${others} | crontab -`, mark))
    },
    warning: async () => undefined,
  }
}

function lineOf({ when, words, cwd }: Job, mark: string): string {
  const command = `cd ${quoted(cwd)} && ${words.map(quoted).join(' ')}`
  // To cron a percent sign ends the command, wherever it stands.
  return `${timeOf(when)} ${command.replaceAll('%', '\\%')} ${mark}`
}

function timeOf(when: Job['when']): string {
  if ('dailyAt' in when) {
    const [hour, minute] = when.dailyAt.split(':').map(Number)
    return `${minute} ${hour} * * *`
  }
  const { everyMinutes } = when
  const minutes = everyMinutes === 1 ? '*' : everyMinutes === 60 ? '0' : `*/${everyMinutes}`
  return `${minutes} * * * *`
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
