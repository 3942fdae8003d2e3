import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createJournal } from '../../src/audit/journal.ts'
import { noise } from '../../src/audit/secrets.case.ts'
import { type StrictDiscord, startDiscord } from '../discord/discord.ts'
import { helix, type Ran, type RunOptions } from '../support/host.ts'
import { tempProject } from '../support/project.ts'

// Of a form that is known, and of none: the second may be hidden only because of where it stands.
const KEY = `sk-${'ant'}-api03-${noise(80, 41)}`
const WORD = `canary${noise(20, 43, 'bcdfghjklmnpqrstvwxz')}`

const METRICS = 'a-token-for-the-metrics'

/** Everything that stands in Discord, files included. */
function textOf(discord: StrictDiscord): string {
  const messages = discord.channels().flatMap((channel) => channel.messages)
  return messages
    .flatMap(({ attachments, ...message }) => [
      JSON.stringify(message),
      ...attachments.map(({ filename, bytes }) => `${filename}\n${bytes}`),
    ])
    .join('\n')
}

/** What somebody could see: name → text. */
type Sinks = Record<string, string>

function expectNoCanary(sinks: Sinks): void {
  for (const [sink, text] of Object.entries(sinks)) {
    for (const canary of [KEY, WORD]) {
      for (const form of [canary, Buffer.from(canary).toString('base64').slice(4, -4), canary.slice(-12)]) {
        expect(text.includes(form), `${sink} holds ${form}: ${text.slice(0, 2_000)}`).toBe(false)
      }
    }
  }
}

const outputs = (name: string, { stdout, stderr }: Ran): Sinks => ({
  [`stdout of ${name}`]: stdout,
  [`stderr of ${name}`]: stderr,
})

/** In Claude's place: answers each call with an error that quotes all it was sent. */
async function startQuoting(): Promise<{ server: Server; url: string; quoted: () => string }> {
  let quoted = ''
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const message = `${JSON.stringify(request.headers)} ${body} ${KEY} ${WORD}`
      quoted += body
      response.writeHead(400, { 'content-type': 'application/json', 'request-id': KEY, 'x-note': WORD })
      response.end(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, quoted: () => quoted }
}

describe('a canary secret', () => {
  let claude: Awaited<ReturnType<typeof startQuoting>>
  beforeAll(async () => {
    claude = await startQuoting()
  })
  afterAll(() => claude.server.close())

  it('typed into a chat, a header, an address and quoted by Claude appears in no sink', async () => {
    const cwd = tempProject()
    const discord = await startDiscord()
    onTestFinished(() => discord.close())
    const hook = discord.addWebhook(discord.addChannel('helix'))
    const environment = {
      ...{ CLAUDE_API_KEY: KEY, ANTHROPIC_BASE_URL: claude.url, HELIX_MODE: 'embedded' },
      ...{
        HELIX_DISCORD_API: discord.api,
        DISCORD_WEBHOOK_URL: discord.addressOf(hook),
        HELIX_METRICS_TOKEN: METRICS,
      },
    }
    const up = await startUp({ cwd, environment })
    const problems = await useAll(up.url)
    const asked = await helix(['ask', `remember ${KEY} and ${WORD}`, '--verbose', '--json'], {
      cwd,
      environment,
    })
    expect(asked.exit).toBe(1)
    const metrics = await (
      await fetch(`${up.url}/metrics`, { headers: { authorization: `Bearer ${METRICS}` } })
    ).text()
    // All channels go through one webhook here; what it has no time for before the end goes with the next start.
    const inRoom = () =>
      [/"claude.request"[\s\S]*"claude.response"/, /alert\.raised/].map((kind) => kind.test(textOf(discord)))
    await expect.poll(inRoom, { timeout: 30_000, interval: 200 }).toEqual([true, true])
    const ran = await up.stop()
    const room = textOf(discord)
    const exported = await helix(['audit', 'export'], { cwd, environment })
    const tail = await helix(['audit', 'tail', '-n', '100'], { cwd, environment })

    // The filter for logs leaves an exported log as it is: nothing in it is left to hide.
    expect((await helix(['audit', 'sanitize'], { stdin: exported.stdout })).stdout).toBe(exported.stdout)
    // All of it happened, and was written down.
    expect(claude.quoted()).toContain(KEY)
    expect(claude.quoted()).toContain(WORD)
    expect(exported.stdout).toMatch(/"kind":"claude.request"[\s\S]*"kind":"claude.response"/)
    expect(ran.stderr).toMatch(/"event":"request"/)
    expect(metrics).toContain('helix_replies_total')
    expect(room).toMatch(/"kind":"claude.request"[\s\S]*"kind":"claude.response"/)
    expect(room).toContain('alert.raised')
    const sinks = {
      ...outputs('up', ran),
      ...outputs('ask', asked),
      ...outputs('audit export', exported),
      ...outputs('audit tail', tail),
      ...{ metrics, Discord: room },
    }
    expectNoCanary(sinks)
    // Who asks for a path that is not there is told which; a key is hidden even then.
    expect(problems).toContain('urn:helix:not_found')
    expect(problems).not.toContain(KEY)
    // Nor does the webhook, with which anybody could change what is in Discord.
    for (const [sink, text] of Object.entries(sinks)) expect(text.includes(hook.token), sink).toBe(false)
  }, 120_000)

  it('typed into a configuration file appears in no sink', async () => {
    const cwd = tempProject({
      'helix.config.ts': `export default { port: '${KEY}', persona: 5, unknownKey: '${WORD}', web: { origins: ['${KEY}'] } }\n`,
      '.env.local': `CLAUDE_API_KEY=${WORD}\nDATABASE_URL=postgres://ada:${WORD}@127.0.0.1:1/x\nHELIX_NONE=${WORD}\nSUPABASE_ANON_KEY=${KEY}\n`,
    })
    const sinks = await runEach(cwd, [
      'config show',
      'doctor',
      'db status',
      'up --port 0',
      'audit verify',
      'gateway start',
    ])
    expect(sinks['stdout of doctor --json --verbose']).toContain('config-valid')
    expect(sinks['stdout of up --port 0 --json --verbose']).toContain('config_invalid')
    expect(sinks['stderr of up --port 0 --verbose']).toContain('[REDACTED:anthropic_key]')
    expectNoCanary(sinks)
  })

  it('in the address of a database that does not answer appears in no sink', async () => {
    const cwd = tempProject({
      '.env.local': `DATABASE_URL=postgres://ada:${WORD}@127.0.0.1:1/x?options=${KEY}\n`,
    })
    const sinks = await runEach(cwd, [
      'config show',
      'doctor',
      'doctor --fix --yes',
      'db migrate --yes',
      'db status',
    ])
    expect(sinks['stdout of db status --json --verbose']).toContain('database_unreachable')
    expectNoCanary(sinks)
  })

  it('in what a command did appears not in the journal', async () => {
    const cwd = tempProject()
    const url = `postgres://ada:${WORD}@db.example.org/x`
    const data = {
      arguments: ['--key', KEY],
      password: WORD,
      env: { API_TOKEN: WORD },
      url,
      cause: new Error(WORD),
    }
    const journal = createJournal(join(cwd, 'journal.jsonl'))
    await journal.act(
      { channel: 'commands', kind: 'canary.start', actor: 'cli:test', data },
      () => 1,
      () => data,
    )
    const text = readFileSync(join(cwd, 'journal.jsonl'), 'utf8')
    expect(text).toMatch(/"kind":"canary.start"[\s\S]*"kind":"canary.end"/)
    expectNoCanary({ journal: text })
  })

  it('on the command line appears in no sink', async () => {
    const cwd = tempProject()
    const sinks = await runEach(cwd, [
      `ask hello --url http://ada:${WORD}@127.0.0.1:1/?token=${KEY}`,
      `audit verify --file ${KEY}`,
    ])
    expectNoCanary(sinks)
  })
})

/** Runs each command line as people and as programs do, with everything it has to say. */
async function runEach(cwd: string, lines: readonly string[]): Promise<Sinks> {
  const sinks: Sinks = {}
  for (const line of lines) {
    for (const more of ['--verbose', '--json --verbose']) {
      const argv = `${line} ${more}`.split(' ')
      Object.assign(
        sinks,
        outputs(`${line} ${more}`, await helix(argv, { cwd, signal: AbortSignal.timeout(20_000) })),
      )
    }
  }
  return sinks
}

async function startUp(options: RunOptions): Promise<{ url: string; stop(): Promise<Ran> }> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort('SIGTERM'))
  const ready = Promise.withResolvers<string>()
  const onStdout = (text: string) => {
    const line = text.split('\n').find((one) => one.includes('"ready"'))
    if (line !== undefined) ready.resolve(JSON.parse(line).url)
  }
  const ran = helix(['up', '--port', '0', '--json', '--verbose'], {
    ...options,
    signal: stop.signal,
    onStdout,
  })
  const url = await Promise.race([ready.promise, ran.then(({ stderr }) => Promise.reject(new Error(stderr)))])
  return {
    url,
    stop() {
      stop.abort('SIGTERM')
      return ran
    },
  }
}

/** Puts the canary wherever a caller can put something; resolves to what was answered where it went wrong. */
async function useAll(url: string): Promise<string> {
  const problems: string[] = []
  const signUp = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': KEY },
    body: JSON.stringify({ email: `${WORD}@example.org`, password: KEY.slice(0, 70), data: { note: WORD } }),
  })
  const { access_token: token } = (await signUp.json()) as { access_token?: string }
  if (!token) throw new Error(`Nobody was signed up: ${signUp.status}`)
  const headers = {
    'user-agent': WORD,
    'x-request-id': KEY,
    referer: `https://x.example/${KEY}`,
    cookie: `a=${WORD}`,
  }
  const ask = (path: string, authorization: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { ...headers, authorization, ...init.headers } }).then(
      async (answer) => {
        const text = await answer.text()
        if (!answer.ok) problems.push(text)
      },
    )
  const sends = [
    { message: `${KEY} ${WORD}`, clientMessageId: WORD },
    { message: WORD, model: KEY },
    { message: WORD, sessionKey: KEY, [WORD]: KEY },
  ]
  for (const accept of ['application/json', 'text/event-stream']) {
    for (const body of sends.map((send) => JSON.stringify(send)).concat(`{"message": ${KEY}`)) {
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json', accept } }
      await ask('/api/chat/message', `Bearer ${token}`, init)
    }
  }
  for (const path of [
    `/api/${KEY}?token=${WORD}`,
    `/api/conversations/${KEY}`,
    `/api/conversations/${WORD}?q=${KEY}`,
    `/${WORD}`,
  ]) {
    await ask(path, `Bearer ${token}`)
    await ask(path, `Bearer ${KEY}`)
    await ask(path, `Basic ${Buffer.from(`ada:${WORD}`).toString('base64')}`)
  }
  return problems.join('\n')
}
