import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/config/package.ts'
import { runOn } from '../../src/shell/host.ts'
import { script } from '../../src/shell/script.ts'
import type { startMachine } from './machine.ts'

/** Where .ci/run installs PM2, which is not a dependency. */
const HERE = join(packageRoot(), '.cache/pm2')
export const PM2 = join(HERE, 'node_modules/.bin/pm2')

/** Why PM2 cannot be tried; null when it can. */
export const pm2Unavailable = existsSync(PM2) ? null : 'no PM2 in .cache/pm2'

/** Gives a machine PM2, as `npm install -g pm2` would, and has it come back with the machine. */
export async function installPm2({ host, vps }: Awaited<ReturnType<typeof startMachine>>): Promise<void> {
  const input = execFileSync('tar', ['-C', HERE, '-cz', '.'], { maxBuffer: 100 * 1_048_576 })
  await runOn(host, 'unpack PM2', script('mkdir -p pm2 && base64 -d | tar -C pm2 -xz'), {
    input: input.toString('base64'),
  })
  vps.asRoot(`mv /home/deploy/pm2 /opt/pm2 && ln -s /opt/pm2/node_modules/.bin/pm2 /usr/local/bin/pm2
pm2 startup systemd -u deploy --hp /home/deploy`)
}
