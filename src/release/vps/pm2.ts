import { script } from '../../shell/script.ts'
import type { Runner } from './runner.ts'
import { lacksForNode, MAIN, NODE, unpacked } from './unpacked.ts'

/**
 * Prints how PM2 sees a process, as a status and how often it was started again, and nothing of its environment. PM2 may
 * say that it has started itself before its list.
 */
const STATE = `
let text = ''
process.stdin.on('data', (part) => { text += part }).on('end', () => {
  const found = JSON.parse(text.trim().split('\\n').at(-1)).find(({ name }) => name === process.argv[1])
  if (found) console.log(found.pm2_env.status + ' ' + found.pm2_env.restart_time)
})
`

/** To delete is to stop, and to wait for that; once saved it does not come back with the machine. */
const END = 'pm2 delete "helix-$1" > /dev/null && pm2 save --force > /dev/null'

/**
 * Releases as processes of PM2, which is on the machine already. A release runs beside the one before, in a process of
 * its own: `pm2 reload` ends what serves before it knows whether what comes is any good, and says that all went well.
 * The lock's file descriptor is closed to PM2, whose daemon would keep it.
 */
export const pm2: Runner = {
  ...unpacked,
  look: `
echo "pm2=$(pm2 --version 2>/dev/null 8>&- | tail -n 1 || true)"
echo "resurrects=$(systemctl is-enabled "pm2-$(id -un)" 2>/dev/null || true)"`,
  lacks: (value) => [
    ...lacksForNode(value),
    ...(/^\d+\./.test(value('pm2')) ? [] : ['its user has no PM2: sudo npm install -g pm2']),
    ...(value('resurrects') === 'enabled'
      ? []
      : ['PM2 does not come back with the machine: sudo pm2 startup systemd -u $USER --hp $HOME']),
  ],
  remove: (folder, release) =>
    script(
      `
pm2 delete "helix-$2" > /dev/null 2>&1 8>&- || true
pm2 save --force > /dev/null 8>&-
cd "$1"
rm -f "shared/pm2/$2.json" "shared/log/$2.log"
rm -rf "releases/$2" "releases/$2.part" "run/$2.sock"`,
      ...[folder, release],
    ),
  start: (folder, release, drainMs) => ({
    act: script(
      `
umask 077
mkdir -p "$1/shared/pm2" "$1/shared/log"
cat > "$1/shared/pm2/$2.json"
pm2 delete "helix-$2" > /dev/null 2>&1 8>&- || true
pm2 start "$1/shared/pm2/$2.json" > /dev/null 8>&-
pm2 save --force > /dev/null 8>&-`,
      ...[folder, release],
    ),
    input: processFile(folder, release, drainMs),
  }),
  beginStop: (_folder, release) =>
    script(`setsid sh -c '${END}' helix "$1" < /dev/null > /dev/null 2>&1 8>&- &`, release),
  stop: (_folder, release) =>
    script(
      `
if pm2 describe "helix-$1" > /dev/null 2>&1 8>&-; then
  (${END}) 8>&-
fi`,
      release,
    ),
  // A machine that came along never had the release before, and so not the Node that would read the list.
  state: (folder, release) =>
    script(
      `
[ -x "$1/releases/$2/${NODE}" ] || exit 0
pm2 jlist 8>&- | "$1/releases/$2/${NODE}" -e "$3" "helix-$2"`,
      ...[folder, release, STATE],
    ),
  readState(text) {
    const [, status = '', restarts] = /^(.+) (\d+)$/.exec(text.trim()) ?? []
    const ended = status === '' || status === 'stopped'
    return {
      state: status === 'errored' ? 'failed' : ended ? 'ended' : 'running',
      restarts: Number(restarts ?? 0),
    }
  },
  lastLines: (folder, release, count) =>
    script('tail -n "$3" "$1/shared/log/$2.log"', folder, release, String(count)),
}

/** The process as PM2 reads it. It runs Node itself: through npm, a signal would end npm and leave the gateway. */
function processFile(folder: string, release: string, drainMs: number): string {
  const at = `${folder}/releases/${release}`
  const log = `${folder}/shared/log/${release}.log`
  const listen = ['--socket', `${folder}/run/${release}.sock`, '--data-dir', `${folder}/shared/data`]
  const process = {
    name: `helix-${release}`,
    script: `${at}/${NODE}`,
    // Without an interpreter PM2 runs it as it is, and puts none of its own code into it.
    interpreter: 'none',
    args: [`${at}/${MAIN}`, 'gateway', 'start', ...listen],
    cwd: at,
    env: { NODE_ENV: 'production', HELIX_RELEASE: release },
    kill_timeout: drainMs + 30_000,
    treekill: false,
    exp_backoff_restart_delay: 500,
    out_file: log,
    error_file: log,
    merge_logs: true,
  }
  return `${JSON.stringify({ apps: [process] }, null, 2)}\n`
}
