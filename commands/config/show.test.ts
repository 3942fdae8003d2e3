import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { tempProject } from '../../test/support/project.ts'
import { run } from '../run.ts'
import { table } from '../table.ts'

async function show(files: Record<string, string>, ...args: string[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const host = {
    stdin,
    stdout,
    stderr,
    cwd: tempProject(files),
    environment: {},
    signal: new AbortController().signal,
  }
  const exit = await run(['config', 'show', ...args], table, host)
  stdout.end()
  stderr.end()
  return { exit, out: await text(stdout), err: await text(stderr) }
}

test('shows each value and its source, and no secret', async () => {
  const env = 'CLAUDE_API_KEY=sk-ant-hidden\nHELIX_URL=https://me:hidden@example.com\nRODRIGO_CREATOR_ID=x\n'
  const { exit, out, err } = await show({ '.env.local': env })
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  expect(out).toMatch(/^claude\.apiKey +\[REDACTED\] +CLAUDE_API_KEY in \.env\.local:1$/m)
  expect(out).toMatch(/^port +3000 +default$/m)
  expect(out).toMatch(/^mode +embedded +neither SUPABASE_URL nor DATABASE_URL is set$/m)
  expect(out).toMatch(/^warning: RODRIGO_CREATOR_ID in \.env\.local:3: /m)
  expect(out).not.toContain('hidden')
})

test('--json prints the same as data', async () => {
  const { exit, out } = await show({ '.env.staging': 'PORT=80' }, '--env', 'staging', '--json')
  const { ok, data } = JSON.parse(out)
  expect({ exit, ok, env: data.env, mode: data.mode }).toEqual({
    exit: 0,
    ok: true,
    env: 'staging',
    mode: 'embedded',
  })
  expect(data.settings).toContainEqual({ key: 'port', value: 80, source: 'PORT in .env.staging:1' })
})

test('shows what is there even when something is wrong, and ends with 3', async () => {
  const { exit, out, err } = await show({ '.env.local': 'PORT=abc\nHELIX_LOG_LEVEL=debug' })
  expect(exit).toBe(3)
  expect(out).toMatch(/^logLevel +debug/m)
  expect(err).toContain('PORT in .env.local:1: expected a whole number from 0 to 65535, got "abc"')
})
