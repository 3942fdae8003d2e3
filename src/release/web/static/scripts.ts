import { type Script, script } from '../../../shell/script.ts'

/** Makes the folder and prints its absolute path; a relative one is in the home of whoever signs in. */
export function makeFolder(folder: string): Script {
  return script('cd && mkdir -p "$1/releases" && cd "$1" && pwd -P', folder)
}

/** Prints what the machine is and has, a `name=value` a line. */
export function readFacts(folder: string): Script {
  return script(
    `
cd "$1"
echo "freeKb=$(df -Pk . | awk 'NR == 2 { print $4 }')"
echo "curl=$(command -v curl || true)"
echo "current=$(readlink current | sed -n 's,^releases/\\([^/]*\\)/.*$,\\1,p' || true)"
ls -1 releases | sed -n 's/^\\([0-9A-Za-z-]*\\)$/release=\\1/p'`,
    folder,
  )
}

/** Prints what the page that serves says of itself, if any does. */
export function readNote(folder: string): Script {
  return script('cat "$1/current/release.json" 2>/dev/null || true', folder)
}

/** Succeeds where nginx knows a policy for pages in folders of this name. */
export function knowsPolicy(policies: string, name: string): Script {
  return script('[ ! -d "$1" ] || [ -f "$1/$2.conf" ]', policies, name)
}

/**
 * Unpacks the page on stdin as the release, whole or not at all; does nothing where it is already. What is kept of the
 * releases before is linked, not copied.
 * @param inner folder in the release that is the root of the page
 * @param kept lists the assets to keep, a line each, below the root of the page that serves
 */
export function receive(
  folder: string,
  release: string,
  sha256: string,
  inner: string,
  kept: string,
): Script {
  return script(
    `
cd "$1/releases"
if [ -d "$2" ]; then cat > /dev/null; exit 0; fi
rm -rf "$2.part"
mkdir "$2.part" "$2.part/$4"
ln -s "$4" "$2.part/page"
cat > "$2.part/archive"
echo "$3  $2.part/archive" | sha256sum -c --quiet
tar -xf "$2.part/archive" -C "$2.part/$4"
rm "$2.part/archive"
printf '%s' "$5" | while read -r name; do
  for file in "$name" "$name.gz" "$name.br"; do
    [ -e "$2.part/$4/$file" ] || [ ! -f "../current/$file" ] || ln "../current/$file" "$2.part/$4/$file"
  done
done
chmod -R a+rX "$2.part"
sync -f "$2.part"
mv -T "$2.part" "$2"`,
    folder,
    release,
    sha256,
    inner,
    kept,
  )
}

export function removeRelease(folder: string, release: string): Script {
  return script('cd "$1" && rm -rf "releases/$2" "releases/$2.part"', folder, release)
}

/** Serves the release: the root of the site is a symlink, of which this is the one change. */
export function switchTo(folder: string, release: string): Script {
  return script(
    'cd "$1"; ln -sfn "releases/$2/page" current.new && mv -T current.new current',
    folder,
    release,
  )
}

/** Serves the release before again; nothing on a machine that came along and never had it. */
export function switchBack(folder: string, release: string): Script {
  return script(
    `
cd "$1"
if [ ! -d "releases/$2" ]; then rm -f current; exit 0; fi
ln -sfn "releases/$2/page" current.new && mv -T current.new current`,
    folder,
    release,
  )
}

export function switchOff(folder: string): Script {
  return script('rm -f "$1/current"', folder)
}

/**
 * Asks nginx on its own machine, as people would but for the way there; prints status, headers and body. A release
 * that serves nobody yet is shown to its own machine alone. Whether its certificate is one that browsers take is not
 * asked here. Where https is spoken before this machine, it is asked by http.
 */
export function ask(url: string, path: string, release: string): Script {
  return script(
    `
ask() { curl -sS -i --insecure --max-time 10 --connect-to ::127.0.0.1: -H "X-Helix-Release: $release" "$1"; }
release=$3 code=0
ask "$1$2" || code=$?
[ "$code" -ne 0 ] || exit 0
case "$code $1" in "7 https://"*) ask "http://\${1#https://}$2";; *) exit "$code";; esac`,
    url,
    path,
    release,
  )
}
