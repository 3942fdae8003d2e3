import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { helix } from '../../test/support/host.ts'
import { tempProject } from '../../test/support/project.ts'

const CRONTAB = `#!/bin/sh
if [ "$1" = -l ]; then cat "$HOME/crontab" 2>/dev/null || { echo "no crontab" >&2; exit 1; }
else cat > "$HOME/crontab.new" && mv "$HOME/crontab.new" "$HOME/crontab"; fi`
/** A systemd that remembers what it was asked, and which timer it was told to run. */
const SYSTEMCTL = `#!/bin/sh
echo "$*" >> "$HOME/asked"
case "$*" in
  *is-system-running*) echo running;;
  *restart*) touch "$HOME/active";;
  *disable*) rm -f "$HOME/active";;
  *is-active*) [ -e "$HOME/active" ];;
esac`
const LOGINCTL = '#!/bin/sh\necho no'
const NO_SYSTEMCTL = '#!/bin/sh\nexit 1'

/** A machine that has these programs, as far as health is installed there. */
function machine(programs: Record<string, string>) {
  const home = tempProject()
  const bin = join(home, 'bin')
  mkdirSync(bin)
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  const environment = { HOME: home, PATH: `${bin}:/usr/bin:/bin` }
  const run = (...argv: string[]) => helix(['health', ...argv], { cwd: home, environment })
  return { home, run, file: (name: string) => readFileSync(join(home, name), 'utf8') }
}

it('writes a line of the crontab once, keeps the others, and takes it away again', async () => {
  const { home, run, file } = machine({ crontab: CRONTAB, systemctl: NO_SYSTEMCTL })
  const others = '0 3 * * * tidy # helix-health-production-not\n'
  writeFileSync(join(home, 'crontab'), others)
  const install = () => run('install', '--env', 'production', '--host', 'https://api.example.com')

  const planned = await run('install', '--env', 'production', '--dry-run')
  expect([planned.exit, planned.stdout]).toEqual([0, expect.stringContaining('# crontab -e')])
  expect(file('crontab')).toBe(others)
  const first = await install()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.stdout).toContain('+ a line of your crontab: every 5 min')
  expect(first.stdout).toContain('No webhook is set')
  expect(first.stdout).toContain('helix health uninstall --env production')
  const written = file('crontab')
  expect(written.startsWith(others)).toBe(true)
  expect(written).toMatch(
    /^\*\/5 \* \* \* \* cd \S+ && \S+node\S* \S+bin\/helix\.ts health --quiet --env production --host https:\/\/api\.example\.com # helix-health-production\n$/m,
  )
  expect((await install()).stdout).toContain('as it was')
  expect(file('crontab')).toBe(written)
  await run('install', '--env', 'production', '--every', '15m')
  expect(file('crontab').match(/helix-health-production$/gm)).toHaveLength(1)
  expect(file('crontab')).toContain('*/15 * * * *')
  expect((await run('uninstall', '--env', 'production')).exit).toBe(0)
  expect(file('crontab')).toBe(others)
  expect(file('.config/helix/journal.jsonl')).toContain('health.install.start')
})

it('sets a timer of systemd where that runs, and says what keeps it from running', async () => {
  const { home, run, file } = machine({ systemctl: SYSTEMCTL, loginctl: LOGINCTL })
  const first = await run('install', '--every', '1m', '--json')
  const { data } = JSON.parse(first.stdout)
  expect(data).toMatchObject({ how: 'systemd', every: 1, changed: true, hosts: [] })
  expect(data.warnings.join()).toContain('loginctl enable-linger')
  const units = '.config/systemd/user/helix-health-local'
  expect(file(`${units}.service`)).toMatch(/^ExecStart=\S+ \S+bin\/helix\.ts health --quiet --env local$/m)
  expect(file(`${units}.timer`)).toContain('OnUnitActiveSec=1min')
  expect(file('asked')).toContain('--user daemon-reload')
  expect(JSON.parse((await run('install', '--every', '1m', '--json')).stdout).data.changed).toBe(false)
  expect(JSON.parse((await run('install', '--every', '2m', '--json')).stdout).data.changed).toBe(true)
  await run('uninstall')
  expect(existsSync(join(home, `${units}.timer`))).toBe(false)
  expect(existsSync(join(home, 'active'))).toBe(false)
})

it('warns where it runs on the machine of the gateway itself', async () => {
  const { run } = machine({ systemctl: SYSTEMCTL, loginctl: LOGINCTL })
  const own = await run('install', '--host', 'http://127.0.0.1:3000', '--dry-run')
  expect(own.stdout).toContain('http://127.0.0.1:3000 is this machine: when it is down, nobody is told')
  const other = await run('install', '--host', 'http://192.0.2.7:3000', '--dry-run')
  expect(other.stdout).not.toContain('is this machine')
})

it('refuses what cron cannot do evenly, and a machine that has nothing', async () => {
  const { run } = machine({ systemctl: NO_SYSTEMCTL })
  expect((await run('install', '--every', '7m')).exit).toBe(2)
  expect((await run('install', '--with', 'at')).exit).toBe(2)
  const { home, run: bare } = machine({ systemctl: NO_SYSTEMCTL, crontab: NO_SYSTEMCTL })
  const failed = await bare('install', '--with', 'cron')
  expect([failed.exit, existsSync(join(home, 'crontab'))]).toEqual([1, false])
})
