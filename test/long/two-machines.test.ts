import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nginxSite } from '../../src/release/vps/nginx.ts'
import { gatewayFiles, pack } from '../deploy/archive.ts'
import { type Typed, type } from '../deploy/typed.ts'
import { createDatabase, postgresUnavailable } from '../support/postgres.ts'
import { relay } from '../support/relay.ts'
import { bootVps, sharedAccess, type Vps, vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable

describe.skipIf(missing)(`a deploy to two machines${missing ? ` (${missing})` : ''}`, () => {
  const closing: (() => unknown)[] = []
  let near: Vps
  let far: Vps
  let project: string
  let archive: string

  beforeAll(async () => {
    archive = pack(gatewayFiles()).file
    near = await bootVps()
    closing.push(near.stop)
    far = await bootVps()
    closing.push(far.stop)
    for (const { asRoot, home } of [near, far])
      asRoot(`loginctl enable-linger deploy; ip route add default via ${home}`)
    for (const machine of [near, far]) serveWith(machine)
    const database = await createDatabase({ migrated: true })
    const reachable = await relay(near.home, database.url)
    closing.push(database.drop, reachable.close)
    project = newProject(reachable.url)
    expect(await deploy()).toMatchObject({ code: 0 })
  }, 400_000)
  afterAll(async () => {
    // The machines first: what they hold open would be waited for.
    for (const close of closing) await close()
  }, 60_000)

  /** nginx before the place of the gateway, as `helix server setup` leaves it. */
  function serveWith({ asRoot, address }: Vps): void {
    const folder = '/home/deploy/helix'
    asRoot(`set -e
runuser -u deploy -- mkdir -p ${folder}/run
chmod 711 /home/deploy ${folder}; chgrp www-data ${folder}/run; chmod 2750 ${folder}/run
rm -f /etc/nginx/sites-enabled/*
cat > /etc/nginx/sites-enabled/helix <<'SITE'
${nginxSite({ folder, names: [address] })}
SITE
nginx -t -q && systemctl restart nginx`)
  }

  function newProject(database: string): string {
    const directory = mkdtempSync(join(tmpdir(), 'helix-project-'))
    const access = sharedAccess([near, far], directory)
    const hosts = [near.destination.host, far.destination.host]
    const gateway = { type: 'ssh', hosts, ...access }
    const config = { deploy: { gateway, watchMs: 3_000, keep: 1 } }
    writeFileSync(join(directory, 'helix.config.ts'), `export default ${JSON.stringify(config)}\n`)
    const env = `DATABASE_URL="${database}"\nCLAUDE_API_KEY=sk-ant-test-key\nPORT=3000\n`
    writeFileSync(join(directory, '.env.production'), env, { mode: 0o600 })
    return directory
  }

  const deploy = (...args: string[]) => type(project, ['deploy', 'gateway', '--archive', archive, ...args])
  const dataOf = ({ stdout }: Typed) => JSON.parse(stdout).data
  /** The releases a machine runs, whether or not requests are sent to them. */
  const runs = ({ asRoot }: Vps) =>
    asRoot('pgrep -af "gateway start" | grep -o "run/[^ ]*\\.sock" | sort -u || true').trim()
  const served = ({ asRoot }: Vps) =>
    JSON.parse(asRoot('curl -s --unix-socket /home/deploy/helix/run/gateway.sock http://localhost/health'))
      .release

  /** Deploys, and cuts the link to the far machine while the release is watched: both serve it by then. */
  async function cutWhileWatched(): Promise<Typed> {
    let cut = false
    const typed = await type(
      project,
      ['deploy', 'gateway', '--archive', archive, '--json'],
      (stderr: string) => {
        if (cut || !stderr.includes('watch: begin')) return
        cut = true
        far.cut()
      },
    )
    expect(cut).toBe(true)
    return typed
  }

  test('whose link to one is cut says which serves what, and ends on one release once it is back', async () => {
    const before = served(near)
    const failed = await cutWhileWatched()
    expect(failed.code).toBe(6)
    const { hint, next } = JSON.parse(failed.stdout)
    expect(hint).toContain(`${near.destination.host} serves ${before}`)
    expect(hint).toContain(`${far.destination.host} cannot be reached`)
    expect(next).toContain(`helix deploy gateway --undo --without ${far.destination.host}`)
    expect(served(near)).toBe(before)
    far.mend()
    expect(served(far)).not.toBe(before)
    expect(await deploy('--resume')).toMatchObject({ code: 0 })
    expect([served(near), served(far)]).toEqual([before, before])
  }, 300_000)

  test('goes on without one that is gone, which comes along again when it is back', async () => {
    far.cut()
    const without = ['--without', far.destination.host]
    const unreachable = await deploy()
    expect(unreachable.code).toBe(1)
    expect(unreachable.stderr).toContain(without.join(' '))
    const alone = dataOf(await deploy(...without, '--json')).release
    expect(served(near)).toBe(alone)

    far.mend()
    const refused = await deploy()
    expect(refused.code).toBe(3)
    const mended = /ssh \S+ (rm \S+)/.exec(refused.stderr)?.[1] ?? ''
    far.asRoot(mended)
    const together = dataOf(await deploy('--json')).release
    expect([served(near), served(far)]).toEqual([together, together])
    expect(runs(far), 'what it served before it was away has ended').toBe(`run/${together}.sock`)
    const written = await type(project, ['audit', 'export', '--json'])
    expect(written.stdout).toContain('deploy.without.start')
  }, 300_000)
})
