import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { helix, type RunOptions } from '../test/support/host.ts'
import {
  begin,
  json,
  type ScriptedGateway,
  scriptedGateway,
  sse,
  type Turn,
} from '../test/support/scripted-gateway.ts'

const SESSION = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
const REPLY = 'b6b2f0a4-4f5e-4a4e-8a39-2f3d8f5f0c02'
const usage = { inputTokens: 3, outputTokens: 2, costNanoUsd: 1_500_000, simulated: true }
const started = sse('start', 1, {
  generationId: REPLY,
  sessionKey: SESSION,
  userMessageId: 'u',
  messageId: 'm',
})
const message = (content: string, status = 'complete') => ({
  role: 'assistant',
  sessionKey: SESSION,
  content,
  status,
})

let gateway: ScriptedGateway | undefined

afterEach(async () => {
  await gateway?.close()
})

const echo: Turn = (_request, response, body) => {
  const text = `You said: ${JSON.parse(body).message}`
  begin(response).end(started + sse('delta', 2, { text }) + sse('done', 3, { message: message(text), usage }))
}

async function serve(answers: Record<string, Turn>): Promise<ScriptedGateway> {
  gateway = await scriptedGateway(({ path }) => ({ 'POST /api/chat/message': echo, ...answers })[path])
  return gateway
}

async function chat(argv: string[], options: RunOptions, answers: Record<string, Turn> = {}) {
  const { url, asked } = await serve(answers)
  return { ...(await helix(['chat', ...argv, '--url', url], options)), asked }
}

describe('helix chat without a terminal', () => {
  it('waits for its turn where it sends too fast, as long as it is told to and no longer', async () => {
    let refusals = 0
    const tooFast =
      (seconds: number): Turn =>
      (request, response, body) => {
        refusals += 1
        if (refusals > 2) return echo(request, response, body)
        response.setHeader('retry-after', String(seconds))
        json({ code: 'rate_limited', title: 'Too fast', status: 429 }, 429)(request, response, body)
      }
    const began = performance.now()
    const waited = await chat([], { stdin: 'one\n' }, { 'POST /api/chat/message': tooFast(1) })
    expect(waited).toMatchObject({ exit: 0, stdout: 'You said: one\n' })
    expect(waited.stderr).toContain('the next one goes in 1 s')
    expect(performance.now() - began).toBeGreaterThan(1_900)
    await gateway?.close()
    refusals = 0
    const tomorrow = await chat([], { stdin: 'one\n' }, { 'POST /api/chat/message': tooFast(86_400) })
    expect(tomorrow).toMatchObject({ exit: 1, stdout: '' })
    expect(tomorrow.asked).toHaveLength(1)
  })

  it.each(['/exit', '/quit', '/q'])('ends at %s', async (word) => {
    const { exit, stdout } = await chat([], { stdin: `one\n${word}\ntwo\n` })
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'You said: one\n' })
  })

  it('answers each line in one conversation and prints only replies', async () => {
    const { exit, stdout, asked } = await chat([], { stdin: 'one\n\ntwo\n' })
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'You said: one\nYou said: two\n' })
    const sent = asked.map(({ body }) => JSON.parse(body))
    expect(sent.map(({ sessionKey }) => sessionKey)).toEqual([undefined, SESSION])
  })

  it('prints one JSON object a reply, and goes on after one that fails', async () => {
    let first = true
    const failOnce: Turn = (...turn) => {
      const answer = first ? json({ code: 'rate_limited', title: 'Too fast', status: 429 }, 429) : echo
      first = false
      answer(...turn)
    }
    const { exit, stdout } = await chat(
      ['--json'],
      { stdin: 'one\ntwo\n' },
      { 'POST /api/chat/message': failOnce },
    )
    const [error, reply] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(exit).toBe(0)
    expect(error).toMatchObject({ event: 'error', ok: false, code: 'rate_limited' })
    expect(reply).toMatchObject({ event: 'reply', content: 'You said: two', sessionKey: SESSION })
  })

  it('ends with the failure of a reply', async () => {
    const refused = json({ code: 'unauthorized', title: 'Who is that?', status: 401 }, 401)
    const { exit, stderr } = await chat([], { stdin: 'one\ntwo\n' }, { 'POST /api/chat/message': refused })
    expect(exit).toBe(10)
    expect(stderr).toContain('✖ Who is that?')
  })

  it('shows a stored conversation, follows the reply that still runs there, and goes on', async () => {
    const stored = [
      { role: 'user', content: 'Tell me', status: 'complete' },
      { role: 'assistant', content: 'Once', status: 'streaming', generationId: REPLY },
    ]
    const { stdout, asked } = await chat(
      ['--resume'],
      { stdin: 'more\n' },
      {
        'GET /api/conversations?limit=1': json({ conversations: [{ sessionKey: SESSION }], before: null }),
        [`GET /api/conversations/${SESSION}/messages?limit=50`]: json({ messages: stored, before: null }),
        [`GET /api/generations/${REPLY}/events`]: (_request, response) =>
          void begin(response).end(
            sse('snapshot', 4, { text: 'Once', seq: 4, message: message('Once', 'streaming') }) +
              sse('delta', 5, { text: ' upon' }) +
              sse('done', 6, { message: message('Once upon'), usage }),
          ),
      },
    )
    expect(stdout).toBe('› Tell me\nOnce upon\nYou said: more\n')
    expect(JSON.parse(asked.at(-1)?.body ?? '').sessionKey).toBe(SESSION)
  })
})

const hasScript = existsSync('/usr/bin/script')

describe.skipIf(!hasScript)('helix chat on a terminal (needs /usr/bin/script)', () => {
  /** Types each text once what it waits for has appeared. */
  async function onTerminal(url: string, steps: [waitFor: string, type: string][]) {
    const home = mkdtempSync(join(tmpdir(), 'helix-tty-'))
    const launcher = fileURLToPath(new URL('../bin/helix.ts', import.meta.url))
    const command = `${process.execPath} ${launcher} chat --no-color --url ${url}`
    const env = { PATH: process.env.PATH, HOME: home, TERM: 'xterm' }
    const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], { cwd: home, env, stdio: 'pipe' })
    let screen = ''
    let from = 0
    const left = [...steps]
    const go = () => {
      const at = left[0] ? screen.indexOf(left[0][0], from) : -1
      if (at === -1) return
      from = at + (left[0]?.[0].length ?? 0)
      child.stdin.write(left.shift()?.[1] ?? '')
      go()
    }
    child.stdout.on('data', (chunk) => {
      screen += chunk
      go()
    })
    const exit = await new Promise((resolve) => child.on('close', resolve))
    rmSync(home, { recursive: true, force: true })
    return { exit, screen, left }
  }

  it('answers, counts the cost, names what it does not know, and leaves', async () => {
    const { url } = await serve({})
    const { exit, screen, left } = await onTerminal(url, [
      ['› ', 'Hello\r'],
      ['You said: Hello', '/cost\r'],
      ['1 replies, 5 tokens, $0.0015, simulated', '/nope\r'],
      ['No command /nope', '/exit\r'],
    ])
    expect({ exit, left }).toEqual({ exit: 0, left: [] })
    expect(screen).toContain(`helix chat --resume ${SESSION}`)
  })

  it('stops a running reply with Ctrl-C, and leaves with a second', async () => {
    let end = () => {}
    const { url, asked } = await serve({
      'POST /api/chat/message': (_request, response) => {
        begin(response).write(started + sse('delta', 2, { text: 'Once upon' }))
        end = () => response.end(sse('done', 3, { message: message('Once upon', 'stopped'), usage }))
      },
      [`POST /api/generations/${REPLY}/stop`]: (...turn) => {
        json({})(...turn)
        end()
      },
    })
    const { exit, left } = await onTerminal(url, [
      ['› ', 'Tell me\r'],
      ['Once upon', '\u0003'],
      ['Stopped.', '\u0003'],
    ])
    expect({ exit, left }).toEqual({ exit: 0, left: [] })
    expect(asked.at(-1)?.path).toContain('/stop')
  })
})
