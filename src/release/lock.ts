import { setTimeout as sleep } from 'node:timers/promises'
import { HelixError } from '../errors.ts'
import { type Host, hostFailed, runOn } from '../shell/host.ts'
import { type Script, script } from '../shell/script.ts'
import { safeText } from '../ui/safe-text.ts'

/** How long the lock of a deploy that died keeps others out, in seconds. */
const LEASE_S = 30
const RENEW_MS = 8_000
/** What the scripts exit with: somebody else has the lock, has taken it from us, or left something that still runs. */
const HELD = 75
export const LOST = 76
const LEFT = 77
/** How long an act of whoever had the lock before may take to end, in seconds: to end a gateway takes a minute. */
const FENCE_S = 75
/** How long all else about taking the lock may take, in ms. */
const TAKING_MS = 30_000

/** Who deploys, and why. */
export interface LockRequest {
  owner: string
  reason: string
  release: string
}

/** A lock somebody has. */
export interface HeldLock extends LockRequest {
  since: Date
  until: Date
}

/** How a lock is taken, and kept. */
interface LockOptions {
  leaseSeconds?: number
  renewMs?: number
  /** How long to wait for an act of whoever had it before. */
  fenceSeconds?: number
  /** Takes it over from a deploy of the same release by the same owner: its deployer died, or is fenced off by this. */
  resume?: boolean
  /** Ends the wait for it. */
  signal?: AbortSignal
}

/** The right to change a host, until it is given back or its lease runs out. */
export interface ReleaseLock {
  /** Grows with every lock of the host: whoever holds an older one can change nothing any more. */
  readonly token: number
  /** Aborts, with HelixError `lock_held`, when the lease could not be renewed. */
  readonly signal: AbortSignal
  /** The script as it runs only while the lock is still ours; exits with 76 otherwise. */
  fenced(act: Script): Script
  /** Aborts `signal` now: a fenced script has told that the lock is somebody else's. */
  lose(): void
  release(): Promise<void>
}

const ACQUIRE = `
mkdir -p "$1" && cd "$1"
exec 9>lock.guard && flock 9
now=$(date +%s)
if [ -f lock ]; then
  until=$(sed -n 's/^until=//p' lock)
  case "$until" in ''|*[!0-9]*) echo "$1/lock is damaged; remove it when nobody deploys" >&2; exit 1;; esac
  same() { [ "$(sed -n "s/^$1=//p" lock)" = "$2" ]; }
  if [ "$until" -gt "$now" ] && ! { [ "$6" = resume ] && same owner "$2" && same release "$4"; }; then
    cat lock; exit ${HELD}
  fi
fi
# An act that was under way when its lock ran out ends before ours begins. What still runs is told by number and name.
exec 8>lock.fence
if ! flock -w "$7" 8; then
  exec 8>&-
  for fd in /proc/[0-9]*/fd/*; do
    process=\${fd%/fd/*}
    [ "$fd" -ef lock.fence ] || continue
    echo "\${process#/proc/} ($(cat "$process/comm" 2>/dev/null))"
  done | sort -un
  exit ${LEFT}
fi
token=$(( $(cat lock.token 2>/dev/null || echo 0) + 1 ))
echo "$token" > lock.token.new && sync lock.token.new && mv lock.token.new lock.token
printf 'token=%s\\nsince=%s\\nuntil=%s\\nowner=%s\\nreason=%s\\nrelease=%s\\n' \\
  "$token" "$now" "$((now + $5))" "$2" "$3" "$4" > lock.new && mv lock.new lock
echo "$token"`

const RENEW = `
cd "$1"
exec 9>lock.guard && flock 9
[ "$(sed -n 's/^token=//p' lock 2>/dev/null)" = "$2" ] || exit ${LOST}
sed "s/^until=.*/until=$(( $(date +%s) + $3 ))/" lock > lock.new && mv lock.new lock`

const RELEASE = `
cd "$1"
exec 9>lock.guard && flock 9
[ "$(sed -n 's/^token=//p' lock 2>/dev/null)" != "$2" ] || rm lock`

/**
 * Takes the deploy lock of a host, a lease that is renewed until it is given back. All times are the host's.
 * @param folder where Helix lives on the host
 * @throws HelixError `lock_held` naming who has it, or what an earlier deploy left running; `host_unreachable`,
 * `host_timeout`, `host_failed`
 */
export async function acquireLock(
  host: Host,
  folder: string,
  request: LockRequest,
  {
    leaseSeconds = LEASE_S,
    renewMs = RENEW_MS,
    fenceSeconds = FENCE_S,
    resume = false,
    signal,
  }: LockOptions = {},
): Promise<ReleaseLock> {
  const { owner, reason, release } = request
  const words = [owner, reason, release].map(oneLine)
  const how = [String(leaseSeconds), resume ? 'resume' : 'fresh', String(fenceSeconds)]
  const ran = await host.run(script(ACQUIRE, folder, ...words, ...how), {
    what: 'take the deploy lock',
    timeoutMs: fenceSeconds * 1_000 + TAKING_MS,
    ...(signal && { signal }),
  })
  if (ran.code === LEFT) throw stillRuns(host, ran.stdout)
  if (ran.code === HELD) throw lockHeld(host, parseLock(ran.stdout))
  if (ran.code !== 0) throw hostFailed(host, 'take the deploy lock', ran)
  const token = Number(ran.stdout)
  const lost = new AbortController()
  const done = new AbortController()
  const renewing = renew()

  async function renew(): Promise<void> {
    let until = performance.now() + leaseSeconds * 1_000
    for (;;) {
      await sleep(renewMs, undefined, { signal: done.signal }).catch(() => {})
      if (done.signal.aborted) return
      const renewed = await host
        .run(script(RENEW, folder, String(token), String(leaseSeconds)), { timeoutMs: renewMs })
        .catch(() => undefined)
      if (renewed?.code === 0) until = performance.now() + leaseSeconds * 1_000
      else if (renewed?.code === LOST || performance.now() > until) return lost.abort(lockLost(host))
    }
  }

  return {
    token,
    signal: lost.signal,
    fenced: ({ text, words }) => ({
      text: FENCE + text,
      words: [...words, folder, String(token)],
    }),
    lose: () => lost.abort(lockLost(host)),
    async release() {
      done.abort()
      await renewing
      await runOn(host, 'give the deploy lock back', script(RELEASE, folder, String(token)))
    },
  }
}

/** Runs before an act: the last two words are the folder and the token. */
const FENCE = `for word; do helix_folder=\${helix_token:-}; helix_token=$word; done
exec 8>>"$helix_folder/lock.fence"; flock -s 8
[ "$(sed -n 's/^token=//p' "$helix_folder/lock" 2>/dev/null)" = "$helix_token" ] || exit ${LOST}
`

/** Who has the deploy lock of a host now, if anybody. */
export async function readLock(host: Host, folder: string): Promise<HeldLock | undefined> {
  const text = await runOn(
    host,
    'read the deploy lock',
    script('[ ! -f "$1/lock" ] || cat "$1/lock"', folder),
  )
  const lock = text === '' ? undefined : parseLock(text)
  return lock && lock.until > new Date() ? lock : undefined
}

function parseLock(text: string): HeldLock {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  const time = (name: string) => new Date(Number(value(name)) * 1_000)
  return {
    owner: safeText(value('owner')),
    reason: safeText(value('reason')),
    release: safeText(value('release')),
    since: time('since'),
    until: time('until'),
  }
}

function lockHeld(host: Host, { owner, reason, release, since, until }: HeldLock): HelixError {
  return new HelixError('lock_held', `${owner} is deploying ${release} to ${host.name}: ${reason}`, {
    hint: `The lock was taken at ${since.toISOString()}; unless renewed it frees itself at ${until.toISOString()}.`,
    details: { host: host.name, owner, reason, release, since: since.toISOString() },
  })
}

/** An act that could not be ended with its deploy would change the machine under ours. */
function stillRuns(host: Host, told: string): HelixError {
  const processes = safeText(told).trim().split('\n').filter(Boolean)
  const which = processes.length === 0 ? 'which one cannot be seen by its user' : processes.join(', ')
  return new HelixError('lock_held', `Something that an earlier deploy began still runs on ${host.name}`, {
    hint: `It may still end by itself: try again in a minute. If it does not, end it on the machine: ${which}.`,
    next: ['helix releases'],
    details: { host: host.name, processes },
  })
}

function lockLost(host: Host): HelixError {
  return new HelixError('lock_held', `The deploy lock of ${host.name} was lost`, {
    hint: 'The host could not be reached for too long, or somebody else deploys. Look with helix releases.',
    details: { host: host.name },
  })
}

function oneLine(text: string): string {
  return safeText(text).replaceAll('\n', ' ').slice(0, 200)
}
