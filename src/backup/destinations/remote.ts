import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { type Host, runOn } from '../../shell/host.ts'
import { LIMIT_MS } from '../../shell/limits.ts'
import { script } from '../../shell/script.ts'
import { type Destination, fileNotFound, fileUnreadable, type StoredFile } from './destination.ts'

/** Read at once, in MiB: what a host answers is held whole, and as text. */
const PIECE_MIB = 8
const NOT_THERE = 44

/**
 * A folder of another machine. A file is written under another name; only when its bytes were counted and hashed there is
 * it forced to disk and renamed, so a connection that broke leaves nothing that looks whole.
 * @param name as a person knows it: `ssh://backup@host/srv/helix`
 */
export function remoteDestination(host: Host, folder: string, name: string): Destination {
  return {
    name,
    remote: true,
    async list() {
      const told = await runOn(host, 'list the backups', script(LIST, folder))
      return told.split('\n').flatMap((line): StoredFile[] => {
        const [, bytes, file = ''] = /^ *(\d+) (.+)$/.exec(line) ?? []
        return bytes === undefined ? [] : [{ name: file, bytes: Number(bytes) }]
      })
    },
    async put(file, bytes) {
      const sum = createHash('sha256')
      const counted = async function* () {
        for await (const chunk of bytes) {
          sum.update(chunk)
          yield chunk
        }
      }
      const input = Readable.from(counted(), { objectMode: false })
      const broken = new Promise<never>((_, reject) => input.once('error', reject))
      broken.catch(() => {})
      await Promise.race([
        runOn(host, `write ${file}`, script(WRITE, folder, file), { input, timeoutMs: LIMIT_MS.backup }),
        broken,
      ])
      await runOn(host, `finish ${file}`, script(FINISH, folder, file, sum.digest('hex')), {
        timeoutMs: LIMIT_MS.backup,
      })
    },
    async *get(file) {
      for (let piece = 0; ; piece += 1) {
        const asked = script(READ, folder, file, String(piece * PIECE_MIB), String(PIECE_MIB))
        const { code, stdout, stderr } = await host.run(asked, {
          what: `read ${file}`,
          timeoutMs: LIMIT_MS.backup,
        })
        if (code === NOT_THERE) throw fileNotFound(name, file)
        if (code !== 0) throw fileUnreadable(name, { file, ...whyOf(stderr) })
        const bytes = Buffer.from(stdout, 'base64')
        if (bytes.length > 0) yield bytes
        if (bytes.length < PIECE_MIB * 1024 * 1024) return
      }
    },
    async remove(file) {
      await runOn(host, `remove ${file}`, script('rm -f "$1/$2"', folder, file))
    },
    close: () => host.close(),
  }
}

const LIST = `
[ -d "$1" ] || exit 0
cd "$1"
for file in *; do
  [ -f "$file" ] || continue
  # Of a file that cannot be opened its folder still tells the size.
  size=$(wc -c < "$file") || size=$(set -- $(ls -ln "./$file"); echo "\${5-}")
  printf '%s %s\\n' "$size" "$file"
done`

const WRITE = `
umask 077
mkdir -p "$1"
cat > "$1/$2.part"`

const FINISH = `
cd "$1"
found=$(sha256sum < "$2.part" | cut -d ' ' -f 1)
[ "$found" = "$3" ] || { echo "$2 did not arrive whole" >&2; rm -f "$2.part"; exit 1; }
sync "$2.part" 2>/dev/null || sync
mv -f "$2.part" "$2"
sync . 2>/dev/null || sync`

/** A pipeline ends as its last program does, and a file whose reading broke off must not look like a short one. */
const READ = `
[ -f "$1/$2" ] || exit ${NOT_THERE}
exec 4>&1
code=$({ { dd if="$1/$2" bs=1048576 skip="$3" count="$4" && echo 0 >&3 || echo 1 >&3; } | base64 >&4; } 3>&1)
exit "$code"`

function whyOf(said: string): { why: string; hint: string } {
  const hint = said.trim().slice(-300)
  const why = hint.split('\n').at(-1)
  return why ? { why, hint } : { why: 'it said nothing about why', hint: 'Try again.' }
}
