import { expect, test } from 'vitest'
import type { startMachine } from './machine.ts'
import { type Typed, type } from './typed.ts'
import { servedBy, unnoticed, withFault } from './unnoticed.ts'

export type Machine = Awaited<ReturnType<typeof startMachine>>

/** Deploys by typing, to a machine that has a release already. */
export interface Deploys {
  machine: Machine
  project: string
  /** Names what is brought: `--archive` or `--image` and which. */
  cargo: readonly string[]
  /** Somebody who uses it. */
  token: string
}

/** What differs by what runs the releases. */
export interface Runs {
  /** The step in which a deployer is killed. */
  killedIn: string
  /** What is to be seen among the processes while a release is brought. */
  processes: string
  /** All the machine tells of its releases, but for its journal. */
  told(): string
  /** Expects that nothing but these releases is there. @param releases those in the folder */
  nothingElse(releases: string[], serves: string): void
}

export const dataOf = ({ stdout }: Typed) => JSON.parse(stdout).data

/** Runs a shell command on a machine as root. */
export const rootAt =
  ({ vps }: Machine) =>
  (command: string) =>
    vps.asRoot(command).trim()

/** What holds of a deploy whatever runs the releases; `given` is asked in each test. */
export function testDeploys(given: () => Deploys, { killedIn, processes, told, nothingElse }: Runs): void {
  const words = () => ['deploy', 'gateway', ...given().cargo]
  const deploy = (...args: string[]) => type(given().project, [...words(), ...args])
  const serves = () => servedBy(given().machine.url)

  test('is not noticed by people who use it, nor is going back', async () => {
    const { machine, project, token } = given()
    const before = await serves()
    await unnoticed(machine, token, async () => {
      for (let round = 0; round < 2; round += 1)
        expect(dataOf(await deploy('--json')).release).toBe(await serves())
      expect(await type(project, ['rollback', before])).toMatchObject({ code: 0 })
    })
    expect(await serves()).toBe(before)
  })

  test('of a release that ends as it starts is undone, and leaves nothing', async () => {
    const { machine, project, token } = given()
    const before = await serves()
    const failed = await withFault(project, () => unnoticed(machine, token, () => deploy()))
    expect(failed).toMatchObject({ code: 5 })
    expect(failed.stderr).toMatch(/ended as soon as it had started.*no such machine/s)
    expect(await serves()).toBe(before)
    nothingElse(rootAt(machine)('ls /home/deploy/helix/releases').split('\n'), before)
  })

  test('whose deployer was killed is finished by --resume', async () => {
    const before = await serves()
    const killed = await type(given().project, words(), (stderr, child) => {
      if (stderr.includes(`${killedIn}: begin`)) child.kill('SIGKILL')
    })
    expect(killed.code).toBeNull()
    const resumed = await deploy('--resume', '--json')
    expect(resumed).toMatchObject({ code: 0 })
    expect(await serves()).toBe(dataOf(resumed).release)
    expect(await serves()).not.toBe(before)
  })

  test('tells no secret on any command line, in what is told of releases, in any output or log', async () => {
    const there = rootAt(given().machine)
    there(
      "setsid sh -c 'while :; do ps axww -o args; sleep 0.1; done' >/tmp/seen 2>&1 </dev/null & echo $! >/tmp/seen.pid",
    )
    const typed = await deploy('--verbose')
    there('kill -- -$(cat /tmp/seen.pid)')
    const seen = there('cat /tmp/seen')
    expect(seen).toContain(processes)
    const journal = there('cat /home/deploy/helix/releases.jsonl')
    for (const text of [seen, told(), typed.stdout, typed.stderr, journal])
      expect(text).not.toMatch(/sk-ant-test-key|postgres(ql)?:\/\/|HELIX_METRICS_TOKEN=./)
  })
}
