/**
 * What people notice of deploys: twenty of them to a booted machine while people use it all the time, the deployer killed
 * in each step of some, and releases that do not start among them.
 *
 *   node bench/deploys.ts [--rounds N] [--force] [--json]
 */
import { gatewayFiles, pack, packWith } from '../test/deploy/archive.ts'
import { startMachine } from '../test/deploy/machine.ts'
import { startTraffic } from '../test/deploy/traffic.ts'
import { type Typed, type } from '../test/deploy/typed.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median } from './support/statistics.ts'

const DEPLOYS = 20
/** Steps in which the deployer is killed, one in each; the deploy is then gone on with. */
const KILLED_IN = ['env', 'upload', 'boot', 'probe', 'switch', 'watch', 'prune']
/** One release in so many does not start. */
const BROKEN_EVERY = 5
const CHATS = 4
const CALLERS = 4

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const files = gatewayFiles()
  const good = pack(files).file
  const broken = packWith(
    files,
    'dist/gateway/server.js',
    (text) => `throw new Error('broken')\n${text}`,
  ).file
  const machine = resources.keep(await startMachine(), (running) => running.stop())
  const project = await machine.project()
  const deploy = (archive: string, options: string[] = [], killIn?: string) =>
    type(project, ['deploy', 'gateway', '--archive', archive, ...options], (said, child) => {
      if (killIn !== undefined && said.includes(`${killIn}: begin`)) child.kill('SIGKILL')
    })
  expectEnd(await deploy(good), 0)
  const running = startTraffic(machine.url, await machine.person(), { chats: CHATS, callers: CALLERS })
  const took: number[] = []
  const count = { live: 0, resumed: 0, undone: 0 }
  const wanted = rounds(DEPLOYS)
  try {
    for (let round = 0; round < wanted; round += 1) {
      const began = performance.now()
      if (round % BROKEN_EVERY === BROKEN_EVERY - 1) {
        expectEnd(await deploy(broken), 5)
        count.undone += 1
      } else {
        const killIn = KILLED_IN[count.resumed]
        const first = await deploy(good, [], killIn)
        if (killIn === undefined) expectEnd(first, 0)
        else {
          expectEnd(first, null)
          expectEnd(await deploy(good, ['--resume']), 0)
          count.resumed += 1
        }
        count.live += 1
        if (killIn === undefined) took.push(performance.now() - began)
      }
      note(
        `${round + 1} of ${wanted}: ${running.traffic.requests} requests, ${running.traffic.failed.length} failed, ${running.traffic.cut.length} cut`,
      )
    }
  } finally {
    await running.stop()
  }
  return figuresOf(running.traffic, count, took)
}

function figuresOf(
  { requests, failed, replies, cut, longestMs }: ReturnType<typeof startTraffic>['traffic'],
  { live, resumed, undone }: { live: number; resumed: number; undone: number },
  took: number[],
): Figure[] {
  for (const text of [...failed, ...cut].slice(0, 10)) process.stderr.write(`${text}\n`)
  return [
    {
      what: 'deploys',
      value: live + undone,
      unit: '',
      digits: 0,
      detail: `${live} served, ${resumed} of them after the deployer was killed; ${undone} did not start and were undone`,
      bar: { least: 20 },
    },
    {
      what: 'requests that failed',
      value: failed.length,
      unit: '',
      bar: { most: 0 },
      detail: `of ${requests}`,
    },
    {
      what: 'replies that were cut',
      value: cut.length,
      unit: '',
      digits: 0,
      bar: { most: 0 },
      detail: `of ${replies + cut.length} that streamed`,
    },
    { what: 'the longest a request took', value: longestMs, unit: 'ms', digits: 0 },
    {
      what: 'a deploy, from the command to its end',
      value: median(took) / 1_000,
      unit: 's',
      digits: 1,
      detail: 'median; 3 s of it watching, and until the last reply of the release before has ended',
    },
  ]
}

function expectEnd({ code, stderr }: Typed, wanted: number | null): void {
  if (code !== wanted) throw new Error(`A deploy ended with ${code}, not ${wanted}:\n${stderr.slice(-2_000)}`)
}

await runRow({
  row: null,
  title: 'deploys, while people use the gateway',
  conditions: [
    'The built command line deploys over SSH to a machine of its own (systemd in a container, sshd, nginx), with PostgreSQL.',
    `${CHATS} people have a reply streaming without a pause (40 words, 40 ms apart), ${CALLERS} ask for their profile without a pause, half of them over a new connection each time.`,
    `The deployer is killed with -9 once in each step, and the deploy gone on with; every ${BROKEN_EVERY}th release ends as it starts.`,
  ],
  measure,
})
