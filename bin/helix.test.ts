import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { begin, scriptedGateway, sse } from '../test/support/scripted-gateway.ts'

const launcher = fileURLToPath(new URL('./helix.ts', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'helix-bin-'))

afterAll(() => rmSync(home, { recursive: true, force: true }))

function start(argv: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, ...argv], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    out.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    out.stderr += chunk
  })
  const ended = new Promise<{ exit: number | null } & typeof out>((resolve) =>
    child.on('close', (exit) => resolve({ exit, ...out })),
  )
  return { child, ended }
}

const launch = (...argv: string[]) => start(argv).ended

describe('the launcher', () => {
  it('answers --version with the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await launch('--version')).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('prints help for nothing at all, without loading a command line parser or schemas', async () => {
    const tell = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) { process.stderr.write(name + '\\n'); return next(name, context) } })`
    const hooks = `--import=data:text/javascript,${encodeURIComponent(tell)}`
    const { exit, stdout, stderr } = await start([], { NODE_OPTIONS: hooks }).ended
    expect(exit).toBe(0)
    expect(stdout).toContain('Examples')
    expect(stderr).toContain('./help.ts')
    expect(stderr).not.toMatch(/commander|zod|\.\/run\.ts/)
  })

  it('ends with 2 for what it does not know, on stderr alone', async () => {
    const { exit, stdout, stderr } = await launch('aks')
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toContain('No command `helix aks`')
  })

  it('never waits for an answer where there is no terminal, even with stdin left open', async () => {
    const { exit, stderr } = await launch('login', '--url', 'http://127.0.0.1:9')
    expect(exit).not.toBe(0)
    expect(stderr).toContain('✖')
  })

  it('says nothing when its reader goes away', async () => {
    const { child, ended } = start(['completion', 'fish'])
    child.stdout.destroy()
    expect(await ended).toMatchObject({ exit: 0, stderr: '' })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops a running reply on %s and ends with %i', async (signal, expected) => {
    let end = () => {}
    const gateway = await scriptedGateway(({ path }) => (_request, response) => {
      if (path.endsWith('/stop')) {
        response.end('{}')
        end()
        return
      }
      const data = { generationId: 'b6b2f0a4-4f5e-4a4e-8a39-2f3d8f5f0c02', sessionKey: 's' }
      begin(response).write(sse('start', 1, data) + sse('delta', 2, { text: 'Once' }))
      end = () => response.end(sse('done', 3, { message: { content: 'Once', status: 'stopped' }, usage: {} }))
    })
    const { child, ended } = start(['ask', 'Hello', '--url', gateway.url])
    child.stdin.end()
    child.stdout.once('data', () => child.kill(signal))
    expect(await ended).toMatchObject({ exit: expected, stdout: 'Once\n' })
    expect(gateway.asked.at(-1)?.path).toContain('/stop')
    await gateway.close()
  })
})
