import { WATCHED_STATUS_PATH, WatchedStatus } from '../../../contract/watched-status.ts'
import { type Host, runOn } from '../../../shell/host.ts'
import { script } from '../../../shell/script.ts'

/** A machine with the copy of the status page, and the folder of its releases; a relative one is in the home. */
interface CopyPlace {
  host: Host
  folder: string
}

/** What was last said of the gateway there; undefined where nothing was, or it cannot be read. */
export async function readWatched({ host, folder }: CopyPlace): Promise<WatchedStatus | undefined> {
  const act = script('cd && cd "$1" && { cat "$2" 2>/dev/null || true; }', folder, WATCHED_STATUS_PATH)
  const text = await runOn(host, 'find the status page, which helix server setup --status prepares', act)
  try {
    return WatchedStatus.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Says it there, whole or not at all; neither nginx nor a release is touched. */
export async function writeWatched({ host, folder }: CopyPlace, watched: WatchedStatus): Promise<void> {
  const act = script(
    'cd && cd "$1" && cat > "$2.$$" && chmod a+r "$2.$$" && mv -T "$2.$$" "$2"',
    folder,
    WATCHED_STATUS_PATH,
  )
  await runOn(host, 'keep the status', act, { input: `${JSON.stringify(watched)}\n` })
}
