import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { type Running, SEND } from './asking.ts'

const END = '\r\n\r\n'

/** What is hardly HTTP: refused before any route sees it, or by one; never the gateway's fault and never a hang. */
export function wireCases(running: () => Running): void {
  const to = (path: string, lines: string[], body = '') => {
    const head = [`POST ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${running().visitor.token}`]
    return `${[...head, 'Content-Type: application/json', ...lines].join('\r\n')}${END}${body}`
  }
  const requests: Record<string, () => string> = {
    'no host': () => `GET /health HTTP/1.1${END}`,
    'a host that is none': () => `GET /health HTTP/1.1\r\nHost: a b${END}`,
    'a target that is no path': () => `GET ftp://example.com/health HTTP/1.1\r\nHost: x${END}`,
    'a backslash in the path': () => `GET /local\\token HTTP/1.1\r\nHost: x${END}`,
    'an unknown method': () => `BREW /health HTTP/1.1\r\nHost: x${END}`,
    'another protocol': () => `PRI * HTTP/2.0${END}SM${END}`,
    'binary noise': () => `\x00\x01\x02\xff${END}`,
    'a header too large': () => `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}${END}`,
    'a path too long': () => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x${END}`,
    'two lengths': () => to(SEND, ['Content-Length: 5', 'Content-Length: 6'], 'hello!'),
    'a length and chunks': () => to(SEND, ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0${END}`),
    'a length below zero': () => to(SEND, ['Content-Length: -5']),
    'a broken chunk': () => to(SEND, ['Transfer-Encoding: chunked'], `ZZ\r\n{}\r\n0${END}`),
    'a broken chunk at sign-up': () =>
      to('/auth/v1/signup', ['Transfer-Encoding: chunked'], `2\r\n{}\r\nZ${END}`),
    'a coding nobody asked for': () => to(SEND, ['Transfer-Encoding: gzip'], '{}'),
    'two hosts': () => `GET /health HTTP/1.1\r\nHost: x\r\nHost: y${END}`,
    'two tokens': () => to(SEND, ['Authorization: Bearer b', 'Content-Length: 2'], '{}'),
    'two types': () => to(SEND, ['Content-Type: text/plain', 'Content-Length: 2'], '{}'),
    'two origins': () => to(SEND, ['Origin: http://a', 'Origin: http://b', 'Content-Length: 2'], '{}'),
    'the same length twice': () => to(SEND, ['Content-Length: 2', 'Content-Length: 2'], '{}'),
    'lengths in a list': () => to(SEND, ['Content-Length: 2, 2'], '{}'),
    'a coding before chunks': () => to(SEND, ['Transfer-Encoding: gzip, chunked'], `2\r\n{}\r\n0${END}`),
    'a coding after chunks': () => to(SEND, ['Transfer-Encoding: chunked, identity'], `2\r\n{}\r\n0${END}`),
    'chunks by HTTP/1.0': () =>
      to(SEND, ['Transfer-Encoding: chunked'], `2\r\n{}\r\n0${END}`).replace('HTTP/1.1', 'HTTP/1.0'),
    'a space before the colon': () => to(SEND, ['Content-Length : 2'], '{}'),
    'a header over two lines': () => `GET /health HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c${END}`,
    'lines without CR': () => 'GET /health HTTP/1.1\nHost: x\n\n',
    'a NUL in a header': () => `GET /health HTTP/1.1\r\nHost: x\r\nX-A: a\0b${END}`,
    'a chunk of no known end': () =>
      to(SEND, ['Transfer-Encoding: chunked'], `FFFFFFFFFFFFFFFFF\r\n{}\r\n0${END}`),
    'a chunk with a long extension': () =>
      to(SEND, ['Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}\r\n0${END}`),
    'a host with a path': () => `GET /health HTTP/1.1\r\nHost: x/y?z${END}`,
    'a host with a user': () => `GET /health HTTP/1.1\r\nHost: u:p@x${END}`,
    'thousands of headers': () =>
      `GET /health HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 2_500 }, (_, n) => `a${n}:`).join('\r\n')}${END}`,
    'nothing but a star': () => `OPTIONS * HTTP/1.1\r\nHost: x${END}`,
    'a trace': () => `TRACE /health HTTP/1.1\r\nHost: x${END}`,
    'an expectation nobody meets': () => to(SEND, ['Expect: wonders', 'Content-Length: 2'], '{}'),
  }

  it.each(Object.entries(requests))('is hardly HTTP: %s', async (_name, request) => {
    expect(await firstLine(running().gateway.url, request())).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  it('hides a second request in a body', async () => {
    const hidden = `GET /health/live HTTP/1.1\r\nHost: x${END}`
    for (const lines of [
      [`Content-Length: ${5 + hidden.length}`, 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Length: 4'],
      ['Transfer-Encoding : chunked', 'Content-Length: 4'],
      ['Transfer-Encoding: xchunked', 'Content-Length: 4'],
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: x'],
    ]) {
      const said = await everything(running().gateway.url, to(SEND, lines, `0${END}${hidden}`))
      expect(said.match(/HTTP\/1\.1 \d+/g), lines.join()).toEqual(['HTTP/1.1 400'])
    }
  })

  it('asks to become another protocol', async () => {
    for (const [protocol, more] of [
      ['websocket', 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x'],
      ['h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'],
    ]) {
      const request = `GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${more}${END}`
      expect(await firstLine(running().gateway.url, request)).toBe('HTTP/1.1 200 OK')
    }
    await hangUpAfter(running().gateway.url, `CONNECT example.com:443 HTTP/1.1\r\nHost: x${END}`)
  })

  it('ends in the middle', async () => {
    for (const request of [
      to(SEND, ['Content-Length: 100'], '{"mess'),
      to(SEND, ['Transfer-Encoding: chunked'], '5\r\n{"m'),
    ]) {
      await hangUpAfter(running().gateway.url, request)
    }
  })
}

function firstLine(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(bytes, 'latin1')))
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
    socket.once('data', (data) => {
      resolve(data.toString('latin1').split('\r\n')[0] ?? '')
      socket.destroy()
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed without an answer')))
  })
}

/** All that the server says until it hangs up. */
function everything(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(bytes, 'latin1')))
    socket.setTimeout(5_000, () => socket.destroy(new Error('the server did not hang up')))
    socket.on('data', (data) => {
      said += data.toString('latin1')
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(said))
  })
}

function hangUpAfter(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => setTimeout(() => socket.destroy(), 50))
    })
    socket.once('close', () => resolve())
  })
}
