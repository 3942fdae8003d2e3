import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { helix } from '../../test/support/host.ts'
import { tempProject } from '../../test/support/project.ts'

const CRONTAB = `#!/bin/sh
if [ "$1" = -l ]; then cat "$HOME/crontab" 2>/dev/null || { echo "no crontab" >&2; exit 1; }
else cat > "$HOME/crontab.new" && mv "$HOME/crontab.new" "$HOME/crontab"; fi`
const SYSTEMCTL = '#!/bin/sh\ncase "$*" in *is-system-running*) echo running;; *is-active*) exit 1;; esac'

function machine(programs: Record<string, string>) {
  const home = tempProject()
  const bin = join(home, 'bin')
  mkdirSync(bin)
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  const environment = { HOME: home, PATH: `${bin}:/usr/bin:/bin` }
  const run = (...argv: string[]) => helix(['backup', 'schedule', ...argv], { cwd: home, environment })
  return { home, run, file: (name: string) => readFileSync(join(home, name), 'utf8') }
}

it('has a backup made each day by cron, and takes that away again', async () => {
  const { home, run, file } = machine({ crontab: CRONTAB, systemctl: '#!/bin/sh\nexit 1' })
  const planned = await run('--dry-run')
  expect(planned).toMatchObject({ exit: 0, stdout: expect.stringContaining('17 3 * * * cd ') })
  writeFileSync(join(home, 'crontab'), '0 3 * * * tidy\n')
  expect((await run('--at', '01:05', '--to', '/mnt/50% full')).exit).toBe(0)
  expect(file('crontab')).toMatch(
    /^5 1 \* \* \* cd \S+ && \S+ \S+bin\/helix\.ts backup create --env local --reason 'by schedule' --prune '--confirm=\/mnt\/50\\% full' --to '\/mnt\/50\\% full' # helix-backup-local$/m,
  )
  expect((await run('--remove')).exit).toBe(0)
  expect(file('crontab')).toBe('0 3 * * * tidy\n')
})

it('leaves a crontab that cannot be read as it is, and says why', async () => {
  const locked = CRONTAB.replace(
    '$1" = -l ]; then',
    '$1" = -l ]; then echo "cannot lock the spool" >&2; exit 1; elif false; then',
  )
  const { home, run, file } = machine({ crontab: locked, systemctl: '#!/bin/sh\nexit 1' })
  writeFileSync(join(home, 'crontab'), '0 3 * * * tidy\n')
  for (const argv of [[], ['--remove']]) {
    expect(await run(...argv)).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('cannot lock the spool'),
    })
    expect(file('crontab')).toBe('0 3 * * * tidy\n')
  }
})

it('has it made by a timer that catches up what it missed, where systemd runs', async () => {
  const { run, file } = machine({ systemctl: SYSTEMCTL, loginctl: '#!/bin/sh\necho yes' })
  expect((await run()).exit).toBe(0)
  const timer = file('.config/systemd/user/helix-backup-local.timer')
  expect(timer).toContain('OnCalendar=*-*-* 03:17:00\nPersistent=true')
  expect((await run('--at', '25:00')).exit).toBe(2)
})
