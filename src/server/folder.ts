import { script } from '../shell/script.ts'
import type { ServerPlan, Task } from './tasks.ts'

/** In a home that is not the user's the folder is made for them; what is above it stays as it is. */
export function folderTask({ user, folder }: ServerPlan): Task {
  return {
    what: `make the folder ${folder}, whose sockets nginx may reach and nothing else`,
    check: script(`[ "$(stat -c '%a %G' "$1/run" 2>/dev/null)" = '2750 www-data' ]`, folder),
    act: script(
      `
home=$(getent passwd "$1" | cut -d: -f6)
case "$2" in
  "$home"/*) runuser -u "$1" -- mkdir -p "$2"; runuser -u "$1" -- chmod 711 "$home";;
  *) [ -e "$2" ] || install -d -o "$1" -g "$(id -gn "$1")" "$2";;
esac
runuser -u "$1" -- mkdir -p "$2/run"
runuser -u "$1" -- chmod 711 "$2"
# Only the user could have made it a link, and then of something that is not theirs.
cd "$2/run" && [ "$(pwd -P)" = "$(readlink -f "$(dirname "$2")")/$(basename "$2")/run" ] || { echo "$2/run is a link" >&2; exit 1; }
chgrp www-data . && chmod 2750 .`,
      user,
      folder,
    ),
  }
}

const WRAPPER = `#!/bin/sh
# Written by helix server setup: the helix of the release that serves, with the settings and the data it serves with.
here=$(cd "$(dirname "$0")" && pwd -P)
cd "$here/current" 2>/dev/null || { echo "No release serves here" >&2; exit 3; }
# A container has its Node, its settings and the data by itself.
[ -e bin/node ] || exec docker exec --interactive "helix-$(basename "$(pwd -P)")" node dist/bin/helix.js "$@"
export NODE_ENV=production HELIX_DATA_DIR="$here/shared/data"
exec bin/node dist/bin/helix.js "$@"
`

/** What needs the data directory, as a link that waits for its mail, is asked of the machine itself. */
export function wrapperTask({ user, folder }: ServerPlan): Task {
  return {
    what: `give ${user} the command ${folder}/helix, which is that of the release that serves`,
    check: script('runuser -u "$1" -- cmp -s - "$2/helix"', user, folder),
    act: script(
      `runuser -u "$1" -- sh -euc 'cat > "$1/helix.new"; chmod 755 "$1/helix.new"; mv "$1/helix.new" "$1/helix"' helix "$2"`,
      user,
      folder,
    ),
    input: WRAPPER,
  }
}
