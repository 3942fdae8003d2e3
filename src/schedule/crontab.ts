import { type Host, runOn } from '../shell/host.ts'
import { script } from '../shell/script.ts'
import type { Job, Schedule } from './schedule.ts'

/** The crontab there is. Only where cron says there is none may it be taken for empty: what is written replaces it whole. */
const LISTED = `
if ! listed=$(LC_ALL=C crontab -l 2>/dev/null); then
  said=$(LC_ALL=C crontab -l 2>&1 >/dev/null || true)
  case "$said" in
    *'no crontab'* | *"can't open"*'No such file'*) listed= ;;
    *) printf '%s\\n' "$said" >&2; exit 2 ;;
  esac
fi`

/** All lines of it but those that end in the remark `$1`. */
const OTHERS = `${LISTED}
others=$(printf '%s\\n' "$listed" | grep -v -e "$1\\$") || [ $? -eq 1 ]`
const PRINTED = `[ -z "$others" ] || printf '%s\\n' "$others"`

/** A line of the user's crontab, found again by the remark at its end. */
export function crontab(host: Host, job: Job): Schedule {
  const mark = `# ${job.name}`
  const line = lineOf(job, mark)
  return {
    how: 'cron',
    shown: `# crontab -e\n${line}\n`,
    async isThere() {
      const text = `${LISTED}\nprintf '%s\\n' "$listed" | grep -qxF -e "$1" && echo yes || [ $? -eq 1 ]`
      return (await runOn(host, 'read the crontab', script(text, line))) === 'yes'
    },
    async install() {
      const text = `${OTHERS}\n{ ${PRINTED}; printf '%s\\n' "$2"; } | crontab -`
      await runOn(host, 'change the crontab', script(text, mark, line))
    },
    async remove() {
      await runOn(host, 'change the crontab', script(`${OTHERS}\n{ ${PRINTED}; } | crontab -`, mark))
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
