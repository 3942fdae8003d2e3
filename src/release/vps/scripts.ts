import { type Script, script } from '../../shell/script.ts'
import { NODE, unitOf } from './place.ts'

/** Makes the folder and prints its absolute path; a relative one is in the home of whoever signs in. */
export function makeFolder(folder: string): Script {
  return script(
    'cd && mkdir -p "$1" && cd "$1" && mkdir -p releases run && (umask 077; mkdir -p shared/data) && pwd -P',
    folder,
  )
}

/** Prints what the machine is and has, a `name=value` a line. */
export function readFacts(folder: string): Script {
  return script(
    `
cd "$1"
echo "machine=$(uname -sm)"
echo "freeKb=$(df -Pk . | awk 'NR == 2 { print $4 }')"
echo "current=$(readlink current | sed 's,.*/,,' || true)"
echo "systemd=$(systemctl --user is-system-running 2>/dev/null || true)"
echo "linger=$(loginctl show-user "$(id -un)" -p Linger --value 2>/dev/null || true)"
ls -1 releases | sed -n 's/^\\([0-9A-Za-z-]*\\)$/release=\\1/p'`,
    folder,
  )
}

/** A file of a release's settings, beside it on the machine: its `.env.production`, or its `helix.config.ts`. */
export type SettingsFile = 'env' | 'config.ts'

/** Keeps a file of settings, given on stdin, for the release, to be read by nobody else. */
export function keepSettings(folder: string, release: string, file: SettingsFile): Script {
  return script(
    'umask 077; mkdir -p "$1/shared/env"; cd "$1/shared/env"; cat > "$2.new"; sync "$2.new"; mv "$2.new" "$2.$3"',
    folder,
    release,
    file,
  )
}

export function forgetSettings(folder: string, release: string): Script {
  return script('cd "$1/shared/env" && rm -f "$2.env" "$2.config.ts" "$2.new"', folder, release)
}

/** Unpacks the archive on stdin as the release, whole or not at all; does nothing where it is already. */
export function receive(folder: string, release: string, sha256: string): Script {
  return script(
    `
cd "$1/releases"
if [ -d "$2" ]; then cat > /dev/null; exit 0; fi
rm -rf "$2.part"
mkdir "$2.part"
cat > "$2.part/archive"
echo "$3  $2.part/archive" | sha256sum -c --quiet
tar -xzf "$2.part/archive" -C "$2.part"
rm "$2.part/archive"
ln -s "../../shared/env/$2.env" "$2.part/.env.production"
ln -sf "../../shared/env/$2.config.ts" "$2.part/helix.config.ts"
sync -f "$2.part"
mv -T "$2.part" "$2"`,
    folder,
    release,
    sha256,
  )
}

export function removeRelease(folder: string, release: string): Script {
  return script('cd "$1" && rm -rf "releases/$2" "releases/$2.part" "run/$2.sock"', folder, release)
}

/** Puts the unit on stdin in place and starts the release beside whatever runs; resolves once it has been started. */
export function start(release: string): Script {
  return script(
    `
units="\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"
mkdir -p "$units"
cat > "$units/helix@.service.new"
if cmp -s "$units/helix@.service.new" "$units/helix@.service"; then rm "$units/helix@.service.new"
else mv "$units/helix@.service.new" "$units/helix@.service"; systemctl --user daemon-reload; fi
systemctl --user reset-failed "$1" 2>/dev/null || true
systemctl --user enable --quiet --now "$1"`,
    unitOf(release),
  )
}

/** Asks the release to end and does not wait: open replies may take long. */
export function beginStop(release: string): Script {
  return script(
    'systemctl --user disable --quiet "$1" 2>/dev/null || true; systemctl --user stop --no-block "$1" 2>/dev/null || true',
    unitOf(release),
  )
}

/** Ends the release and waits for it. */
export function stop(release: string): Script {
  return script(
    'systemctl --user disable --quiet "$1" 2>/dev/null || true; systemctl --user stop "$1" 2>/dev/null || true',
    unitOf(release),
  )
}

/** Prints how systemd sees the release: `ActiveState=…` and `NRestarts=…`, a line each. */
export function state(release: string): Script {
  return script('systemctl --user show -p ActiveState -p NRestarts "$1"', unitOf(release))
}

/** Prints the last lines of its log. */
export function lastLines(release: string, count: number): Script {
  return script('journalctl --user -q -o cat -n "$2" -u "$1"', unitOf(release), String(count))
}

/** Sends new requests to the release: the proxy finds its socket under a name of which this is the one change. */
export function switchTo(folder: string, release: string): Script {
  return script(
    `
cd "$1"
ln -sfn "$2.sock" run/gateway.sock.new && mv -T run/gateway.sock.new run/gateway.sock
ln -sfn "releases/$2" current.new && mv -T current.new current`,
    folder,
    release,
  )
}

/** Sends requests nowhere, as before the first release. */
export function switchOff(folder: string): Script {
  return script('rm -f "$1/run/gateway.sock" "$1/current"', folder)
}

const ASK = `
const [socketPath, path, settings] = process.argv.slice(1)
const token = /^\\s*(?:export\\s+)?HELIX_METRICS_TOKEN\\s*=\\s*["']?([^"'\\s]+)/m.exec(require('node:fs').readFileSync(settings, 'utf8'))
const headers = token && path === '/metrics' ? { authorization: 'Bearer ' + token[1] } : {}
const request = require('node:http').get({ socketPath, path, headers, timeout: 5000 }, (answer) => {
  let body = ''
  answer.setEncoding('utf8').on('data', (text) => { body += text }).on('end', () => {
    process.stdout.write(JSON.stringify({ status: answer.statusCode, body }))
  })
})
request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
request.on('error', (error) => process.stdout.write(JSON.stringify({ status: 0, body: String(error.message) })))
`

/**
 * Asks a release over its own socket; prints `{status, body}`, status 0 for no answer. The token of its metrics is read
 * from its settings, so that it never leaves the machine.
 */
export function ask(folder: string, release: string, path: string): Script {
  const words = [folder, release, ASK, path]
  return script(
    `exec "$1/releases/$2/${NODE}" -e "$3" "$1/run/$2.sock" "$4" "$1/shared/env/$2.env"`,
    ...words,
  )
}
