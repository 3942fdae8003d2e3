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
    'an expectation nobody meets': () => to(SEND, ['Expect: wonders', 'Content-Length: 2'], '{}'),
  }

  it.each(Object.entries(requests))('is hardly HTTP: %s', async (_name, request) => {
    expect(await firstLine(running().gateway.url, request())).toMatch(/^HTTP\/1\.1 4\d\d /)
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

function hangUpAfter(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, () => setTimeout(() => socket.destroy(), 50))
    })
    socket.once('close', () => resolve())
  })
}
