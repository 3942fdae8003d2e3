import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where sockets go: `$XDG_RUNTIME_DIR`, else the directory for temporary files. Short, for socket paths end at 107 bytes. */
export function runtimeDirectory(): string {
  return process.env.XDG_RUNTIME_DIR || tmpdir()
}

/** What can be made again: `$XDG_CACHE_HOME/helix`, else `~/.cache/helix`. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'helix')
}
