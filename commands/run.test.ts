import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HelixError } from '../src/errors.ts'
import { helix } from '../test/support/host.ts'
import { argument, defineCommand, option } from './define.ts'
import { type Table, table } from './table.ts'

const order: string[] = []

const greet = defineCommand({
  examples: [['helix greet Ada', 'say hello']],
  arguments: { name: argument('<name>', 'whom to greet', z.string().min(2, 'expected 2 letters or more')) },
  options: {
    times: option(
      '-n, --times <count>',
      'how often',
      z.coerce.number('expected a number').int().min(1).default(1),
    ),
    tone: option('--tone <tone>', 'how', z.enum(['warm', 'cool'], 'expected warm or cool').default('warm')),
  },
  dryRun: true,
  run: ({ name, times, tone }, { dryRun }) => ({ greeting: `Hello, ${name}`.repeat(times), tone, dryRun }),
  view: ({ greeting }) => greeting,
})
const drop = defineCommand({
  examples: [['helix drop', 'drop it']],
  async run(_input, context) {
    await context.consent({ act: 'Drop database prod', name: 'prod' })
    return { dropped: true }
  },
  view: () => 'Dropped.',
})
const tidy = defineCommand({
  examples: [['helix tidy', 'tidy up']],
  async run(_input, context) {
    await context.consent({ act: 'Tidy up' })
    return { name: await context.ask({ label: 'Name', instead: '--name <name>' }) }
  },
})
const verify = defineCommand({
  examples: [['helix verify', 'verify']],
  run: () => ({ bad: 3 }),
  view: ({ bad }) => `${bad} bad`,
  verdict: ({ bad }) => new HelixError('findings', `${bad} findings`, { hint: 'See above.' }),
})
const fall = defineCommand({
  examples: [['helix fall', 'fall']],
  run(_input, context) {
    context.onClose(() => void order.push('first'))
    context.onClose(() => void order.push('second'))
    throw new Error('secret detail', { cause: new Error('deeper') })
  },
})
const stick = defineCommand({
  examples: [['helix stick', 'stay half done']],
  run() {
    throw new HelixError('rollback_failed', 'r2 could not be undone')
  },
})

const load = (command: unknown) => async () => ({ default: command })
const small: Table = {
  greet: { summary: 'Greet somebody', load: load(greet) },
  drop: { summary: 'Drop it', load: load(drop) },
  tidy: { summary: 'Tidy up', load: load(tidy) },
  fall: { summary: 'Fall over', load: load(fall) },
  stick: { summary: 'Stay half done', load: load(stick) },
  db: { summary: 'The database' },
  'db verify': { summary: 'Verify it', load: load(verify) },
}
const ran = (argv: string[], options = {}) => helix(argv, { table: small, ...options })

describe('finding the command', () => {
  it('prints help for nothing at all, with examples first', async () => {
    const { exit, stdout } = await ran([])
    expect(exit).toBe(0)
    expect(stdout.indexOf('Examples')).toBeLessThan(stdout.indexOf('Commands'))
    expect(stdout).toMatch(/greet +Greet somebody/)
    expect(stdout).not.toContain('verify')
  })

  it('lists the verbs of a noun', async () => {
    const { exit, stdout } = await ran(['db'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/helix db verify +Verify it/)
  })

  it('takes global options before, between and after the words', async () => {
    const { exit, stdout } = await ran(['--env', 'local', 'db', '--json', 'verify', '--verbose'])
    expect(exit).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'findings', data: { bad: 3 } })
  })

  it.each([
    [['gret'], 'Did you mean `helix greet`?'],
    [['db', 'verfy'], 'Did you mean `helix db verify`?'],
    [['toString'], '`helix --help` lists what there is.'],
  ])('answers %j with exit 2 and a way on', async (argv, hint) => {
    const { exit, stdout, stderr } = await ran(argv)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  it('shows the help of a command, examples before options', async () => {
    expect((await ran(['greet', '--help'])).stdout).toMatchInlineSnapshot(`
      "Greet somebody

      Examples
        helix greet Ada  say hello

      Usage
        helix greet <name> [options]

      Arguments
        <name>  whom to greet

      Options
        -n, --times <count>  how often
        --tone <tone>        how
        --dry-run            say what would be done, do nothing

      Every command
        --env <name>       environment to work on (reads .env.<name>)
        --url <gateway>    gateway to talk to, instead of the local or last one
        --json             print one JSON document on stdout
        --yes              consent to moderate acts
        --confirm <name>   consent to a severe act by naming what it acts on
        --cwd <directory>  work as if started there
        --no-color         plain text (also NO_COLOR)
        --verbose          say more, and show the cause of an error
      "
    `)
  })
})

describe('reading options', () => {
  it('gives the command what its schemas made of them', async () => {
    const { stdout } = await ran(['greet', 'Ada', '-n', '2', '--dry-run', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      schemaVersion: 1,
      data: { greeting: 'Hello, AdaHello, Ada', tone: 'warm', dryRun: true },
    })
  })

  it('names every bad value at once', async () => {
    const { exit, stdout } = await ran(['greet', 'A', '--times', 'x', '--tone', 'hot', '--json'])
    expect(exit).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'usage',
      message: [
        '--times: expected a number, got "x"',
        '--tone: expected warm or cool, got "hot"',
        '<name>: expected 2 letters or more, got "A"',
      ].join('\n'),
      next: ['helix greet --help'],
    })
  })

  it('says as a person would what is missing, too small or none of the choices', async () => {
    const send = defineCommand({
      examples: [['helix send x', 'send it']],
      arguments: { kind: argument('<kind>', 'what', z.enum(['anon', 'service', 'audit'])) },
      options: {
        to: option('-t, --to <name>', 'to whom', z.string().trim().min(1)),
        times: option('-n, --times <count>', 'how often', z.coerce.number().int().min(1).max(9).default(1)),
      },
      run: () => ({}),
    })
    const commands = { send: { summary: 'Send it', load: load(send) } }
    const told = async (...argv: string[]) =>
      JSON.parse((await ran(['send', ...argv, '--json'], { table: commands })).stdout).message.split('\n')
    expect(await told('x', '-n', '0')).toEqual([
      '--to is required',
      '--times: expected 1 or more, got "0"',
      '<kind>: expected anon, service or audit, got "x"',
    ])
    expect(await told('anon', '-t', '', '-n', '1.5')).toEqual([
      '--to: expected one character or more, got ""',
      '--times: expected a whole number, got "1.5"',
    ])
    expect(await told('anon', '-t', 'a', '-n', 'x')).toEqual(['--times: expected a number, got "x"'])
    expect((await ran(['send', '--help'], { table: commands })).stdout).toContain(
      'helix send <kind> --to <name> [options]',
    )
  })

  it.each([
    [['greet', 'Ada', '--tmes', '2']],
    [['greet']],
    [['greet', 'Ada', 'Bob']],
    [['drop', '--dry-run']],
  ])('refuses %j with exit 2', async (argv) => {
    expect(await ran(argv)).toMatchObject({ exit: 2, stdout: '' })
  })
})

describe('consent and questions without a terminal', () => {
  it('wants the name for a severe act; neither --yes nor --json nor another name will do', async () => {
    for (const flags of [[], ['--yes'], ['--json', '--yes'], ['--confirm=production']]) {
      const { exit, stdout, stderr } = await ran(['drop', ...flags])
      expect(exit).toBe(2)
      expect(stdout + stderr).toContain('--confirm=prod')
    }
    expect(await ran(['drop', '--confirm=prod'])).toMatchObject({ exit: 0, stdout: 'Dropped.\n' })
  })

  it('wants --yes for a moderate act, then the flag that answers a question', async () => {
    expect((await ran(['tidy'])).stderr).toContain('Add --yes to consent.')
    expect(await ran(['tidy', '--yes'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('Give --name <name>.'),
    })
  })
})

describe('rendering a failure', () => {
  it('prints the result before the verdict on it', async () => {
    expect(await ran(['db', 'verify'])).toEqual({
      exit: 1,
      stdout: '3 bad\n',
      stderr: '✖ 3 findings\n  See above.\n',
    })
  })

  it('keeps what nobody foresaw for --verbose, and closes the last opened first', async () => {
    order.length = 0
    const plain = await ran(['fall'])
    expect(plain).toMatchObject({ exit: 1, stdout: '' })
    expect(plain.stderr).not.toContain('secret detail')
    expect(order).toEqual(['second', 'first'])
    const { stderr } = await ran(['fall', '--verbose'])
    expect(stderr).toContain('secret detail')
    expect(stderr).toContain('Caused by: Error: deeper')
  })

  it('ends with the signal that cut it short', async () => {
    const stop = new AbortController()
    stop.abort('SIGTERM')
    expect((await ran(['greet', 'Ada'], { signal: stop.signal })).exit).toBe(143)
  })

  it('ends with 6 where what a signal cut short could not be undone', async () => {
    const stop = new AbortController()
    stop.abort('SIGINT')
    const { exit, stderr } = await ran(['stick'], { signal: stop.signal })
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining('r2 could not be undone') })
  })
})

it('a count of none is refused for what it is, by a command of the table', async () => {
  const { exit, stderr } = await helix(['audit', 'tail', '-n', '0'])
  expect(exit).toBe(2)
  expect(stderr).toContain('--lines: expected 1 or more, got "0"')
})

describe('every command of the table', () => {
  const commands = Object.entries(table).filter(([, { load }]) => load)

  it.each(commands)('%s prints one JSON document for a usage error', async (path) => {
    const { exit, stdout } = await helix([...path.split(' '), '--json', '--no-such-option'])
    expect(exit).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, schemaVersion: 1, code: 'usage' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it.each(commands)('%s has help that begins with examples of itself', async (path, { summary }) => {
    const { exit, stdout } = await helix([...path.split(' '), '--help'])
    expect(exit).toBe(0)
    expect(stdout).toContain(summary)
    const example = stdout.split('Examples\n')[1]?.split('\n')[0]
    expect(example).toContain(`helix ${path}`)
  })

  it.each(Object.keys(table).filter((path) => path.includes(' ')))('%s stands under its noun', (path) => {
    expect(table).toHaveProperty([path.split(' ')[0] ?? ''])
  })
})
