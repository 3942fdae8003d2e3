import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { noise } from '../../src/audit/secrets.case.ts'
import { helix } from '../../test/support/host.ts'
import { run } from '../run.ts'
import { table } from '../table.ts'

const SECRET = `sk-${'ant'}-api03-${noise(80)}`
const sanitize = (stdin: string) => helix(['audit', 'sanitize'], { stdin })

describe('helix audit sanitize', () => {
  it('copies stdin to stdout without secrets, text as text and JSON as JSON', async () => {
    const { exit, stdout, stderr } = await sanitize(`key: ${SECRET}\n{"password":"x","a":[1]}\n\nlast`)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toBe('key: [REDACTED:anthropic_key]\n{"password":"[REDACTED]","a":[1]}\n\nlast')
  })

  it('changes nothing that went through it before', async () => {
    const { stdout } = await sanitize(`key: ${SECRET}\n{"token":"${SECRET}"}\nCookie: a=${noise(9)}\n`)
    expect((await sanitize(stdout)).stdout).toBe(stdout)
  })

  it('copies nothing to nothing', async () => {
    expect(await sanitize('')).toEqual({ exit: 0, stdout: '', stderr: '' })
  })

  it('reads characters that are cut between two pieces, and bytes that are none', async () => {
    const bytes = Buffer.from('é 😀\n')
    const pieces = [...bytes].map((byte) => Buffer.from([byte]))
    expect((await piped([...pieces, Buffer.from([0xff, 0x0a])])).text).toBe('é 😀\n\ufffd\n')
  })

  it('shows each line as it comes', async () => {
    const stdin = new PassThrough()
    const { exit, out } = start(stdin)
    stdin.write(`one ${SECRET}\ntw`)
    const [first] = await once(out)
    expect(String(first)).toBe('one [REDACTED:anthropic_key]\n')
    stdin.end('o\n')
    expect(String((await once(out))[0])).toBe('two\n')
    expect(await exit).toBe(0)
  })

  it('waits for a reader that is slow, in constant memory', async () => {
    let [given, taken] = [0, 0]
    const line = `${'a line of a log that goes on and on '.repeat(50)}${SECRET}\n`
    const source = Readable.from(
      (function* () {
        for (given = 0; given < 2_000; given += 1) yield Buffer.from(line)
      })(),
    )
    const { exit, out } = start(source)
    for await (const chunk of out) {
      taken += String(chunk).split('\n').length - 1
      expect(given - taken).toBeLessThan(200)
      if (taken === 2_000) break
    }
    expect(await exit).toBe(0)
  })

  it('asks for input instead of waiting on a terminal for it', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    const { exit, err } = start(stdin)
    expect(await exit).toBe(2)
    expect(err()).toContain('helix audit sanitize < ')
  })

  it('ends when it is told to stop', async () => {
    const stop = new AbortController()
    const { exit } = start(new PassThrough(), stop.signal)
    setTimeout(() => stop.abort('SIGTERM'), 50)
    expect(await exit).toBe(143)
  })
})

async function piped(chunks: readonly Uint8Array[]): Promise<{ text: string }> {
  const { exit, out } = start(Readable.from(chunks))
  let text = ''
  out.on('data', (chunk) => {
    text += String(chunk)
  })
  await exit
  return { text }
}

function start(stdin: Readable, signal = new AbortController().signal) {
  const [out, errors] = [new PassThrough(), new PassThrough()]
  let err = ''
  errors.on('data', (chunk) => {
    err += String(chunk)
  })
  const host = { stdin, stdout: out, stderr: errors, cwd: process.cwd(), environment: {}, signal }
  const exit = run(['audit', 'sanitize'], table, host).finally(() => out.end())
  return { exit, out, err: () => err }
}

function once(stream: PassThrough): Promise<unknown[]> {
  return new Promise((resolve) => stream.once('data', (...values) => resolve(values)))
}
