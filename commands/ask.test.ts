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
const usage = { inputTokens: 3, outputTokens: 2, costNanoUsd: 1, estimated: false, simulated: true }
const started = sse('start', 1, {
  generationId: REPLY,
  sessionKey: SESSION,
  userMessageId: 'u',
  messageId: 'm',
})
const message = (content: string, status = 'complete') => ({ id: 'm', sessionKey: SESSION, content, status })

let gateway: ScriptedGateway | undefined

afterEach(async () => {
  await gateway?.close()
})

async function ask(argv: string[], answer: Record<string, Turn>, options: RunOptions = {}) {
  gateway = await scriptedGateway(({ path }) => answer[path])
  const ran = await helix(['ask', ...argv, '--url', gateway.url], options)
  const sent = gateway.asked.find(({ path }) => path === 'POST /api/chat/message')
  return { ...ran, asked: gateway.asked, sent: sent ? JSON.parse(sent.body) : undefined }
}

const replies = (...texts: string[]): Record<string, Turn> => ({
  'POST /api/chat/message': (_request, response) => {
    const deltas = texts.map((text, index) => sse('delta', index + 2, { text }))
    const done = sse('done', texts.length + 2, { message: message(texts.join('')), usage })
    begin(response).end(started + deltas.join('') + done)
  },
})

describe('helix ask', () => {
  it('streams the reply to stdout, ends its line, and says on stderr that it is simulated', async () => {
    const { exit, stdout, stderr, sent } = await ask(['Hello,', 'Helix!'], replies('Good ', 'day'))
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'Good day\n' })
    expect(stderr).toContain('Simulated reply')
    expect(sent).toMatchObject({ message: 'Hello, Helix!', clientMessageId: expect.any(String) })
  })

  it('prints one document with --json', async () => {
    const { stdout } = await ask(['Hello', '--json'], replies('Good day'))
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      schemaVersion: 1,
      data: {
        role: 'assistant',
        content: 'Good day',
        sessionKey: SESSION,
        message: message('Good day'),
        usage,
      },
    })
  })

  it('lets nothing of a reply command the terminal', async () => {
    const { stdout } = await ask(['Hello'], replies('a\u001b[2Jb\u0007c\u009b31md\r\n'))
    expect(stdout).toBe('a[2Jbc31md\n')
  })

  it.each([
    [['Summarise:'], 'the file\n', 'Summarise:\n\nthe file'],
    [[], 'only this\n', 'only this'],
    [['-', 'What is that?'], 'the file\n', 'the file\n\nWhat is that?'],
  ])('joins %j and stdin', async (argv, stdin, expected) => {
    expect((await ask(argv, replies('ok'), { stdin })).sent.message).toBe(expected)
  })

  it('ends with 2 at once when there is no question', async () => {
    expect(await ask([], {})).toMatchObject({ exit: 2, stdout: '', asked: [] })
  })

  it('goes on with the last conversation', async () => {
    const { sent } = await ask(['--continue', 'And?'], {
      ...replies('ok'),
      'GET /api/conversations?limit=1': json({ conversations: [{ sessionKey: SESSION }], before: null }),
    })
    expect(sent.sessionKey).toBe(SESSION)
  })

  it('prints what came of a reply that failed, and ends with 1 and its code', async () => {
    const failed = (response: Parameters<Turn>[1]) =>
      begin(response).end(
        started +
          sse('delta', 2, { text: 'Half a' }) +
          sse('error', 3, {
            type: 'urn:helix:upstream_failed',
            title: 'Claude broke off',
            status: 502,
            code: 'upstream_failed',
            message: message('Half a', 'failed'),
          }),
      )
    const turn: Turn = (_request, response) => void failed(response)
    const text = await ask(['Hello'], { 'POST /api/chat/message': turn })
    expect(text).toMatchObject({ exit: 1, stdout: 'Half a\n' })
    expect(text.stderr).toContain('✖ Claude broke off')
    const document = await ask(['Hello', '--json'], { 'POST /api/chat/message': turn })
    expect(JSON.parse(document.stdout)).toMatchObject({
      ok: false,
      code: 'upstream_failed',
      details: { message: { content: 'Half a' } },
    })
  })

  it('stops the reply at the gateway on Ctrl-C and ends with 130', async () => {
    const stop = new AbortController()
    let end = () => {}
    const { exit, stdout, asked } = await ask(
      ['Hello'],
      {
        'POST /api/chat/message': (_request, response) => {
          begin(response).write(started + sse('delta', 2, { text: 'Once upon' }))
          end = () => response.end(sse('done', 3, { message: message('Once upon', 'stopped'), usage }))
        },
        [`POST /api/generations/${REPLY}/stop`]: (request, response, body) => {
          json({})(request, response, body)
          end()
        },
      },
      { signal: stop.signal, onStdout: () => stop.abort('SIGINT') },
    )
    expect({ exit, stdout }).toEqual({ exit: 130, stdout: 'Once upon\n' })
    expect(asked.at(-1)?.path).toBe(`POST /api/generations/${REPLY}/stop`)
  })

  it('names the way on where nothing runs', async () => {
    const { exit, stderr } = await helix(['ask', 'Hello'])
    expect(exit).toBe(1)
    expect(stderr).toContain('Run `helix up`')
  })

  it('sends HELIX_TOKEN, and ends with 10 when it is refused', async () => {
    const { exit, asked, stdout } = await ask(
      ['Hello', '--json'],
      { 'POST /api/chat/message': json({ code: 'unauthorized', title: 'No such token', status: 401 }, 401) },
      { environment: { HELIX_TOKEN: 'hlx_test' } },
    )
    expect(exit).toBe(10)
    expect(asked[0]?.authorization).toBe('Bearer hlx_test')
    expect(JSON.parse(stdout)).toMatchObject({ code: 'unauthorized', next: ['helix login'] })
  })
})
