import { type Script, script } from '../../shell/script.ts'

/** Makes the folder and prints its absolute path; a relative one is in the home of whoever signs in. */
export function makeFolder(folder: string): Script {
  return script(
    'cd && mkdir -p "$1" && cd "$1" && mkdir -p releases run && (umask 077; mkdir -p shared/data) && pwd -P',
    folder,
  )
}

/** Prints what the machine is and has, a `name=value` a line, and what `look` prints, which is shell, too. */
export function readFacts(folder: string, look: string): Script {
  return script(
    `
cd "$1"
echo "machine=$(uname -sm)"
echo "freeKb=$(df -Pk . | awk 'NR == 2 { print $4 }')"
echo "current=$(readlink current | sed 's,.*/,,' || true)"${look}
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

/** Sends requests back to the release before; nowhere on a machine that came along and never had it. */
export function switchBack(folder: string, release: string): Script {
  const { text, words } = switchTo(folder, release)
  const never = `cd "$1"\nif [ ! -d "releases/$2" ]; then rm -f run/gateway.sock current; exit 0; fi`
  return { text: text.replace('cd "$1"', never), words }
}

/** Sends requests nowhere, as before the first release. */
export function switchOff(folder: string): Script {
  return script('rm -f "$1/run/gateway.sock" "$1/current"', folder)
}

/** Where the site finds the release that a pass, given on stdin, is good for; what an earlier deploy left goes. */
export function letThrough(folder: string, release: string): Script {
  return script(
    `
read -r pass
case "$pass" in *[!0-9A-Za-z_-]*|'') echo 'no pass' >&2; exit 1;; esac
cd "$1/run"
rm -f probe.*
ln -s "$2.sock" "probe.$pass"`,
    folder,
    release,
  )
}

export function letNobodyThrough(folder: string): Script {
  return script('rm -f "$1/run"/probe.*', folder)
}
