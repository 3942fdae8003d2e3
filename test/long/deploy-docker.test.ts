import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { answers, deskWith } from '../deploy/engines.ts'
import { docker, imageUnavailable } from '../deploy/image.ts'
import { startMachine } from '../deploy/machine.ts'
import { registryUnavailable, startRegistry } from '../deploy/registry.ts'
import { dataOf, type Machine, rootAt, testDeploys } from '../deploy/runs.ts'
import { type } from '../deploy/typed.ts'
import { servedBy } from '../deploy/unnoticed.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { vpsUnavailable } from '../support/vps.ts'

const missing = vpsUnavailable ?? postgresUnavailable ?? registryUnavailable ?? imageUnavailable()
const IMAGE = 'helix-gateway:test'

describe.skipIf(missing)(`a deploy to a machine with Docker${missing ? ` (${missing})` : ''}`, () => {
  let machine: Machine
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
  const there = (command: string) => rootAt(machine)(command)
  const images = () => there("docker images helix-gateway --format '{{.Tag}}'").split('\n').toSorted()

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

  // What differs is how they tell of an image; they bring it alike.
  for (const [engine, ways] of [
    ['podman', () => [packed]],
    ['buildah', () => [packed, pulled]],
  ] as const)
    test.skipIf(!answers(engine))(
      `brings an image that ${engine} has${answers(engine) ? '' : ` (no ${engine})`}`,
      async () => {
        const { image, remove, ...desk } = deskWith(engine, {
          name: IMAGE,
          registry: registry.name.split('/')[0] ?? '',
        })
        onTestFinished(remove)
        for (const project of ways()) {
          const words = ['deploy', 'gateway', '--image', image, '--json']
          const brought = await type(project, words, undefined, desk)
          expect(brought.stderr + brought.stdout).toContain('"ok":true')
          expect(await serves()).toBe(dataOf(brought).release)
        }
      },
    )

  testDeploys(() => ({ machine, project: pulled, cargo: ['--image', IMAGE], token }), {
    killedIn: 'switch',
    processes: 'docker run --detach',
    told: () => there('docker inspect $(docker ps -aq) $(docker images -q); docker ps -a --no-trunc'),
    nothingElse: (releases) => expect(images()).toEqual(releases),
  })

  test('keeps as many releases as it is told, ended but for the one that serves, as one user who may write little', async () => {
    const releases = there('ls /home/deploy/helix/releases').split('\n')
    // Of five that were brought: the one that serves, the one before, one more, and what may be gone back to.
    expect(releases.length).toBeLessThanOrEqual(4)
    expect(images()).toEqual(releases)
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
