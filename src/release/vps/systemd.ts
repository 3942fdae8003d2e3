import { type Script, script } from '../../shell/script.ts'
import type { Runner } from './runner.ts'
import { unitFile } from './unit.ts'
import { lacksForNode, unpacked } from './unpacked.ts'

/** Name of the unit that runs a release. */
function unitOf(release: string): string {
  return `helix@${release}.service`
}

/** Releases as units of systemd that belong to whoever signs in, so that no step of a deploy needs root. */
export const systemd: Runner = {
  ...unpacked,
  look: `
echo "systemd=$(systemctl --user is-system-running 2>/dev/null || true)"
echo "linger=$(loginctl show-user "$(id -un)" -p Linger --value 2>/dev/null || true)"`,
  lacks: (value) => [
    ...lacksForNode(value),
    ...(['running', 'degraded'].includes(value('systemd'))
      ? []
      : ['systemd does not run for its user: sudo apt install dbus-user-session, then sign in again']),
    ...(value('linger') === 'yes'
      ? []
      : ['what its user runs ends when they sign out: sudo loginctl enable-linger $USER']),
  ],
  start: (folder, release, drainMs) => ({
    act: script(
      `
units="\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"
mkdir -p "$units"
cat > "$units/helix@.service.new"
if cmp -s "$units/helix@.service.new" "$units/helix@.service"; then rm "$units/helix@.service.new"
else mv "$units/helix@.service.new" "$units/helix@.service"; systemctl --user daemon-reload; fi
systemctl --user reset-failed "$1" 2>/dev/null || true
systemctl --user enable --quiet --now "$1"`,
      unitOf(release),
    ),
    input: unitFile(folder, drainMs),
  }),
  beginStop: (_folder, release) => end(release, '--no-block '),
  stop: (_folder, release) => end(release),
  state: (_folder, release) =>
    script('systemctl --user show -p ActiveState -p NRestarts "$1"', unitOf(release)),
  readState(text) {
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
    const active = value('ActiveState')
    const ended = active === 'inactive' || active === ''
    return {
      state: active === 'failed' ? 'failed' : ended ? 'ended' : 'running',
      restarts: Number(value('NRestarts')),
    }
  },
  lastLines: (_folder, release, count) =>
    script('journalctl --user -q -o cat -n "$2" -u "$1"', unitOf(release), String(count)),
}

/** Ends a unit, also for the next start of the machine. One that is not there has ended; all else must succeed. */
function end(release: string, how = ''): Script {
  return script(
    `
loaded=$(systemctl --user show -p LoadState --value "$1")
[ "$loaded" = not-found ] || systemctl --user disable --quiet "$1"
code=0
systemctl --user stop ${how}"$1" || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 5 ] || exit "$code"`,
    unitOf(release),
  )
}
