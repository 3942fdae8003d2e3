import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docker, imageUnavailable } from '../deploy/image.ts'
import { startMachine } from '../deploy/machine.ts'
import { registryUnavailable, startRegistry } from '../deploy/registry.ts'
import { type Typed, type } from '../deploy/typed.ts'
import { servedBy, unnoticed, withFault } from '../deploy/unnoticed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable ?? registryUnavailable ?? imageUnavailable()
const IMAGE = 'helix-gateway:test'

describe.skipIf(missing)(`a deploy to a machine with Docker${missing ? ` (${missing})` : ''}`, () => {
  let machine: Awaited<ReturnType<typeof startMachine>>
  let registry: Awaited<ReturnType<typeof startRegistry>>
  /** Brings the image itself; brings it through a registry. */
  let packed: string
  let pulled: string
  let token: string

  beforeAll(async () => {
    docker('build', '-t', IMAGE, '.')
    machine = await startMachine({ docker: true })
    registry = await startRegistry(machine.vps.home)
    packed = await machine.project({ type: 'docker' })
    pulled = await machine.project({ type: 'docker', registry: registry.name, memory: '512m', cpus: 1.5 })
  }, 600_000)
  afterAll(async () => {
    registry?.stop()
    await machine?.stop()
  }, 60_000)

  const deploy = (project: string, ...args: string[]) =>
    type(project, ['deploy', 'gateway', '--image', IMAGE, ...args])
  const serves = () => servedBy(machine.url)
  const dataOf = ({ stdout }: Typed) => JSON.parse(stdout).data
  const there = (command: string) => machine.vps.asRoot(command).trim()

  test('says every command, here and there, and does nothing', async () => {
    const planned = await deploy(pulled, '--plan')
    expect(planned).toMatchObject({ code: 0 })
    for (const command of ['docker push', 'docker pull', 'docker run', '--read-only', '--memory=512m'])
      expect(planned.stdout).toContain(command)
    expect(planned.stdout).not.toMatch(/sk-ant|\$[1-9]/)
    expect(there('ls /home/deploy/helix/releases; docker ps -aq; docker images -q')).toBe('')
  })

  test('brings the image itself where there is no registry', async () => {
    const brought = await deploy(packed, '--json')
    expect(brought.stderr + brought.stdout).toContain('"ok":true')
    expect(await serves()).toBe(dataOf(brought).release)
    token = await machine.person()
  })

  test('is not noticed by people who use it, nor is going back', async () => {
    const before = await serves()
    await unnoticed(machine.url, token, async () => {
      for (let round = 0; round < 2; round += 1)
        expect(dataOf(await deploy(pulled, '--json')).release).toBe(await serves())
      expect(await type(pulled, ['rollback', before])).toMatchObject({ code: 0 })
    })
    expect(await serves()).toBe(before)
  })

  test('of a release that ends as it starts is undone, and leaves nothing', async () => {
    const before = await serves()
    const failed = await withFault(pulled, () => unnoticed(machine.url, token, () => deploy(pulled)))
    expect(failed).toMatchObject({ code: 5 })
    expect(failed.stderr).toMatch(/ended as soon as it had started.*no such machine/s)
    expect(await serves()).toBe(before)
    const releases = there('ls /home/deploy/helix/releases').split('\n')
    expect(there("docker images helix-gateway --format '{{.Tag}}'").split('\n').toSorted()).toEqual(releases)
  })

  test('whose deployer was killed is finished by --resume', async () => {
    const before = await serves()
    const killed = await type(pulled, ['deploy', 'gateway', '--image', IMAGE], (stderr, child) => {
      if (stderr.includes('switch: begin')) child.kill('SIGKILL')
    })
    expect(killed.code).toBeNull()
    const resumed = await deploy(pulled, '--resume', '--json')
    expect(resumed).toMatchObject({ code: 0 })
    expect(await serves()).toBe(dataOf(resumed).release)
    expect(await serves()).not.toBe(before)
  })

  test('tells no secret on any command line, in what Docker tells, in any output or log of it', async () => {
    there(
      "setsid sh -c 'while :; do ps axww -o args; sleep 0.1; done' >/tmp/seen 2>&1 </dev/null & echo $! >/tmp/seen.pid",
    )
    const typed = await deploy(pulled, '--verbose')
    there('kill -- -$(cat /tmp/seen.pid)')
    const seen = there('cat /tmp/seen')
    expect(seen).toContain('docker run --detach')
    const told = there('docker inspect $(docker ps -aq) $(docker images -q); docker ps -a --no-trunc')
    const journal = there('cat /home/deploy/helix/releases.jsonl')
    for (const text of [seen, told, typed.stdout, typed.stderr, journal])
      expect(text).not.toMatch(/sk-ant-test-key|postgres(ql)?:\/\/|HELIX_METRICS_TOKEN=./)
  })

  test('keeps as many releases as it is told, ended but for the one that serves, as one user who may write little', async () => {
    const releases = there('ls /home/deploy/helix/releases').split('\n')
    // Of five that were brought: the one that serves, the one before, one more, and what may be gone back to.
    expect(releases.length).toBeLessThanOrEqual(4)
    expect(there("docker images helix-gateway --format '{{.Tag}}'").split('\n').toSorted()).toEqual(releases)
    expect(there("docker images --filter dangling=true -q; docker images -q 'localhost/*'")).toBe('')
    const running = there("docker ps --format '{{.Names}}'")
    expect(running).toBe(`helix-${await serves()}`)
    expect(there(`docker exec ${running} id -u`)).toBe(there('id -u deploy'))
    expect(() => there(`docker exec ${running} touch /helix/there`)).toThrow()
    expect(there(`docker inspect --format '{{.HostConfig.Memory}}' ${running}`)).toBe(String(512 * 1_048_576))
    await expect
      .poll(() => there(`docker inspect --format '{{.State.Health.Status}}' ${running}`), { timeout: 40_000 })
      .toBe('healthy')
  }, 60_000)
})
