import { type Host, runOn } from '../shell/host.ts'
import { script } from '../shell/script.ts'
import type { Job, Schedule } from './schedule.ts'

/** A timer of the user's own systemd. */
export function systemdTimer(host: Host, job: Job): Schedule {
  const { name } = job
  const [service, timer] = [serviceFile(job), timerFile(job)]
  return {
    how: 'systemd',
    shown: `# ~/.config/systemd/user/${name}.service\n${service}\n# ~/.config/systemd/user/${name}.timer\n${timer}`,
    async isThere() {
      const { code } = await host.run(
        script(
          `${UNITS}
[ "$(cat "$units/$1.service" 2>/dev/null; echo .)" = "$(printf '%s' "$2"; echo .)" ]
[ "$(cat "$units/$1.timer" 2>/dev/null; echo .)" = "$(printf '%s' "$3"; echo .)" ]
systemctl --user --quiet is-active "$1.timer"`,
          ...[name, service, timer],
        ),
      )
      return code === 0
    },
    async install() {
      await runOn(
        host,
        'install the timer',
        script(
          `${UNITS}
mkdir -p "$units"
printf '%s' "$2" > "$units/$1.service"
printf '%s' "$3" > "$units/$1.timer"
systemctl --user daemon-reload
systemctl --user enable --quiet "$1.timer"
systemctl --user restart "$1.timer"`,
          ...[name, service, timer],
        ),
      )
    },
    async remove() {
      await runOn(
        host,
        'remove the timer',
        script(
          `${UNITS}
systemctl --user disable --quiet --now "$1.timer" 2>/dev/null || true
rm -f "$units/$1.timer" "$units/$1.service"
systemctl --user daemon-reload`,
          name,
        ),
      )
    },
    async warning() {
      const asked = await host.run(script('loginctl show-user "$(id -un)" -p Linger --value'))
      if (asked.code !== 0 || asked.stdout.trim() === 'yes') return undefined
      return 'It runs only while you are signed in: sudo loginctl enable-linger $USER'
    },
  }
}

const UNITS = `units="\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"`

function serviceFile({ name, words, cwd }: Job): string {
  return `[Unit]
Description=${name}

[Service]
Type=oneshot
WorkingDirectory=${cwd.replaceAll('%', '%%')}
ExecStart=${words.map(quoted).join(' ')}
`
}

function timerFile({ name, when }: Job): string {
  const daily = 'dailyAt' in when
  return `[Unit]
Description=${name}, ${daily ? `each day at ${when.dailyAt}` : `every ${when.everyMinutes} min`}

[Timer]
${
  daily
    ? `OnCalendar=*-*-* ${when.dailyAt}:00\nPersistent=true`
    : `OnActiveSec=10s\nOnUnitActiveSec=${when.everyMinutes}min\nAccuracySec=5s`
}

[Install]
WantedBy=timers.target
`
}

/** A word of a command line of systemd. */
function quoted(word: string): string {
  const safe = word.replaceAll('%', '%%').replaceAll('$', () => '$$')
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `"${safe.replaceAll(/["\\]/g, (sign) => `\\${sign}`)}"`
}
