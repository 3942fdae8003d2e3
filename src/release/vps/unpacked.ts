import { script } from '../../shell/script.ts'
import { ASK } from './asking.ts'
import type { Runner } from './runner.ts'

/** Where in a release's files its own Node and the program lie. */
export const NODE = 'bin/node'
export const MAIN = 'dist/bin/helix.js'

/** What a machine lacks for the Node of a release. */
export function lacksForNode(value: (name: string) => string): string[] {
  const machine = value('machine')
  return machine === 'Linux x86_64' ? [] : [`it is ${machine}, the release is for Linux x86_64`]
}

/** The part of a runner for releases that lie unpacked on the machine and run with their own Node. */
export const unpacked = {
  receive: (folder, release, { sha256 }) =>
    script(
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
    ),
  remove: (folder, release) =>
    script('cd "$1" && rm -rf "releases/$2" "releases/$2.part" "run/$2.sock"', folder, release),
  ask: (folder, release, path) =>
    script(
      `exec "$1/releases/$2/${NODE}" -e "$3" "$1/run/$2.sock" "$4" "$1/shared/env/$2.env"`,
      ...[folder, release, ASK, path],
    ),
} satisfies Partial<Runner>
