import { type Script, script } from '../shell/script.ts'
import type { FoundLine } from './record.ts'

/** What is asked of whoever keeps the logs of a machine. */
interface LogRange {
  since: Date | undefined
  /** The folder of Helix on the machine. */
  folder: string
  follow: boolean
}

/** Whoever keeps the log of releases on a machine: what is to be typed there, and how to read what it prints. */
export interface LogKeeper {
  script(range: LogRange): Script
  read(line: string): FoundLine
}

/**
 * Ends with its stdin what runs in the background, and with it, as it ended. Over SSH nothing else tells a program that
 * nobody listens any more. What waits for that holds no output, so that the script is over once its child is.
 */
const WHILE_HEARD = `child=$!
(while read -r _; do :; done; kill "$child") <&3 > /dev/null 2>&1 &
heard=$!
code=0
wait "$child" || code=$?
kill "$heard" 2>/dev/null || :
exit "$code"`

/** The user's journal, where a unit of systemd runs each release. */
const journal: LogKeeper = {
  script({ since, follow }) {
    const words = [
      ...['--user', '-q', '--no-pager', '-a', '-o', 'json', '-t', 'helix'],
      ...(since ? [`--since=@${Math.floor(since.getTime() / 1_000)}`] : []),
    ]
    if (!follow) return script('exec journalctl "$@"', ...words)
    return script(`exec 3<&0\njournalctl "$@" < /dev/null &\n${WHILE_HEARD}`, ...words, '-f', '--no-tail')
  },
  read(line) {
    try {
      const kept = JSON.parse(line) as Record<string, unknown>
      const { MESSAGE: message, __REALTIME_TIMESTAMP: micros, _SYSTEMD_USER_UNIT: unit } = kept
      const [, release] = /^helix@(.+)\.service$/.exec(String(unit ?? '')) ?? []
      return { text: textOf(message), at: new Date(Number(micros) / 1_000), release }
    } catch {
      return { text: line }
    }
  },
}

/** Bytes where it is no text. */
function textOf(message: unknown): string {
  return Array.isArray(message) ? Buffer.from(message as number[]).toString('utf8') : String(message ?? '')
}

/**
 * What Docker keeps of each container `helix-<release>`, with the time and the container before each line. They come at
 * once and side by side, so what is there already is put in order by time on the machine. The containers are asked for on
 * a line of its own: a shell lets a loop or a pipe go on where what they are made from fails.
 */
const docker: LogKeeper = {
  script({ since, follow }) {
    const from = since ? String(Math.floor(since.getTime() / 1_000)) : '0'
    const names = `show() { docker logs --timestamps --since "$1" $3 "$2" 2>&1 < /dev/null | sed -u "s/^/$2 /"; }
names=$(docker ps --all --format '{{.Names}}' --filter 'name=^helix-' < /dev/null)`
    const each = 'for name in $names; do show "$1" "$name" "$2" & done\nwait'
    if (!follow) return script(`${names}\n{ ${each}; } | LC_ALL=C sort -s -k 2,2`, from, '')
    return script(
      `exec 3<&0\n${names}\n(trap 'kill 0' TERM; ${each}) < /dev/null &\n${WHILE_HEARD}`,
      from,
      '--follow',
    )
  },
  read(line) {
    const [, release, at = '', text = line] = /^helix-(\S+) (\S+) (.*)$/s.exec(line) ?? []
    const when = new Date(at)
    return { text, release, ...(Number.isNaN(when.getTime()) ? {} : { at: when }) }
  },
}

/** Each line of files with its time before it; what is no line of the log has that of the line before. */
const TIMED = `awk 'FNR == 1 { at = "" }
/^[{]/ && match($0, /"at":"[^"]*"/) { at = substr($0, RSTART + 6, RLENGTH - 7) }
{ print at "\\t" $0 }' "$@"`

/**
 * The files of releases that PM2 runs, one after the other; put in order by time on the machine. Each is opened once
 * before: one that cannot be read must fail, and of what stands before a pipe a shell does not tell.
 */
const pm2: LogKeeper = {
  script({ folder, follow }) {
    const files = `cd
[ -e "$1/shared/log" ] || exit 0
cd "$1/shared/log"
ls > /dev/null
set -- ./*.log
[ -e "$1" ] || exit 0
head -n 1 "$@" > /dev/null`
    if (!follow) return script(`${files}\n${TIMED} | LC_ALL=C sort -s -t "$(printf '\\t')" -k 1,1`, folder)
    return script(
      `exec 3<&0\n${files}\ntail -q -n 1000 -F -- "$@" < /dev/null 2>/dev/null &\n${WHILE_HEARD}`,
      folder,
    )
  },
  read(line) {
    const [, at, text = line] = /^(\d{4}-\d\d-\d\dT[^\t]*)?\t(.*)$/s.exec(line) ?? []
    const when = new Date(at ?? '')
    return { text, ...(Number.isNaN(when.getTime()) ? {} : { at: when }) }
  },
}

/** By the type of a deploy's target. */
export const LOG_KEEPERS: Readonly<Record<string, LogKeeper>> = { ssh: journal, docker, pm2 }
