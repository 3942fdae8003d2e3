import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { z } from 'zod'
import { HelixError } from '../../src/errors.ts'
import { resultText } from '../../src/load/report/text.ts'
import { argument, defineCommand, option } from '../define.ts'
import { loadOptions } from './options.ts'
import { perform } from './perform.ts'
import { verdictOf } from './verdict.ts'

export default defineCommand({
  examples: [
    ['helix loadtest run load-test.yml --target http://127.0.0.1:3000', 'a test against the local gateway'],
    ['helix loadtest run load-test.yml --html report.html --output now.json', 'keep what it found'],
    [
      'helix loadtest run load-test.yml --target https://helix.example.com --confirm helix.example.com',
      'of a machine others use',
    ],
  ],
  description:
    'Users arrive when the schedule says, however slow the target is, and every time is counted from then. The file is ' +
    'YAML as Artillery takes it, without code, and with a step sse for streams: docs/loadtest.md. Exits with 9 when a ' +
    'threshold is missed. Signs in by itself with throw-away people, who are removed afterwards. Other machines than this ' +
    'one are named, several with commas between: --confirm helix.example.com,files.example.com.',
  arguments: { file: argument('<file>', 'the test', z.string().min(1)) },
  options: {
    target: option(
      '-t, --target <url>',
      'what is tested, in place of what the file says',
      z.url({ protocol: /^https?$/ }).optional(),
    ),
    environment: option(
      '-e, --environment <name>',
      'one of the environments of the file',
      z.string().optional(),
    ),
    ...loadOptions,
  },
  acts: ['loadtest.run.start', 'file.write.start'],
  async run({ file, target, environment, ...options }, context) {
    const path = resolve(context.cwd, file)
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new HelixError('usage', `${file} cannot be read`, {
        hint: 'docs/loadtest.md has a test to begin with.',
        cause,
      })
    })
    const { readScript } = await import('../../src/load/script/read.ts')
    const { readPayload } = await import('../../src/load/script/payload.ts')
    const script = readScript(text, basename(file), environment)
    const { payload } = script.config
    const row = payload && (await readPayload(payload, dirname(path)))
    const found = target ?? script.config.target ?? (await context.gateway()).url
    return perform(
      { name: basename(file), script, target: originOf(found), ...(row && { row }), ...options },
      context,
    )
  },
  view: (result, { colour }) => resultText(result, colour),
  verdict: verdictOf,
})

function originOf(target: string): string {
  if (URL.canParse(target) && /^https?:$/.test(new URL(target).protocol)) return target
  throw new HelixError('usage', `${target} is no address to test`, {
    hint: 'It begins with http:// or https://.',
  })
}
