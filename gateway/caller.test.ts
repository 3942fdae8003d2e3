import { describe, expect, test } from 'vitest'
import { callerFinder, parseAddress } from './caller.ts'

const find = callerFinder(['10.0.0.0/8', '2001:db8:ffff::/48', '127.0.0.1', '::1'])
const from = (peer: string | undefined, forwardedFor?: string, unixSocket = false) =>
  find({ peer, forwardedFor, unixSocket, forwardedProto: undefined }).address

describe('the address of a caller', () => {
  test('is the peer, whatever the header claims, unless the peer is a trusted proxy', () => {
    expect(from('203.0.113.9')).toBe('203.0.113.9')
    expect(from('203.0.113.9', '1.2.3.4')).toBe('203.0.113.9')
    expect(from('2001:db8::9', '1.2.3.4')).toBe('2001:db8::9')
    expect(from('10.1.2.3')).toBe('10.1.2.3')
    expect(from('10.1.2.3', '1.2.3.4')).toBe('1.2.3.4')
    expect(from('::ffff:10.1.2.3', '1.2.3.4')).toBe('1.2.3.4')
    expect(from('2001:db8:ffff::7', '1.2.3.4')).toBe('1.2.3.4')
    const nobody = callerFinder([])
    const given = { unixSocket: false, forwardedFor: '1.2.3.4', forwardedProto: undefined }
    expect(nobody({ peer: '127.0.0.1', ...given }).address).toBe('127.0.0.1')
  })

  test('is what the nearest untrusted hop is said to be: what a caller wrote further left never counts', () => {
    expect(from('10.0.0.1', '6.6.6.6, 1.2.3.4')).toBe('1.2.3.4')
    expect(from('10.0.0.1', '6.6.6.6,1.2.3.4,10.9.9.9')).toBe('1.2.3.4')
    expect(from('10.0.0.1', '6.6.6.6, 1.2.3.4, ::1, 2001:db8:ffff::1, ::ffff:10.0.0.2')).toBe('1.2.3.4')
  })

  test('is the furthest proxy when all hops are trusted', () => {
    expect(from('10.0.0.1', '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3')
  })

  test('is the proxy that wrote garbage', () => {
    for (const junk of [
      '',
      ' ',
      'unknown',
      '_hidden',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.4:',
      '[::1',
      '999.1.1.1',
      'é',
      '1.2.3.4 5',
    ]) {
      expect(from('10.0.0.1', `6.6.6.6, ${junk}`), junk).toBe('10.0.0.1')
      expect(from('10.0.0.1', `6.6.6.6, ${junk}, 10.0.0.2`), junk).toBe('10.0.0.2')
    }
  })

  test('follows a bounded number of hops', () => {
    expect(from('10.0.0.1', `6.6.6.6, ${Array(5_000).fill('10.0.0.2').join(', ')}`)).toBe('10.0.0.2')
  })

  test('over a Unix socket is what the proxy says, or unknown', () => {
    expect(from(undefined, undefined, true)).toBeNull()
    expect(from(undefined, '6.6.6.6, 1.2.3.4', true)).toBe('1.2.3.4')
    expect(from(undefined, 'junk', true)).toBeNull()
  })

  test('of a TCP caller who hung up is unknown, never what the header claims', () => {
    expect(from(undefined, '1.2.3.4')).toBeNull()
  })
})

test('a proxy nearby that is not trusted is noticed', () => {
  const noticed = (peer: string | undefined, forwardedFor?: string) =>
    find({ peer, unixSocket: false, forwardedFor, forwardedProto: undefined }).untrustedProxy
  for (const peer of ['127.0.0.2', '172.17.0.1', '192.168.1.1', 'fd00::1', '::ffff:192.168.1.1']) {
    expect(noticed(peer, '1.2.3.4'), peer).toBe(parseAddress(peer))
    expect(noticed(peer), peer).toBeNull()
  }
  for (const peer of ['203.0.113.9', '2001:db8::1', '10.0.0.1', undefined]) {
    expect(noticed(peer, '1.2.3.4'), peer).toBeNull()
  }
})

test('only a trusted proxy can say that its caller uses https', () => {
  const secure = (peer: string | undefined, forwardedProto?: string, unixSocket = false) =>
    find({ peer, unixSocket, forwardedFor: undefined, forwardedProto }).secure
  for (const proto of ['https', 'HTTPS', ' https , http']) expect(secure('10.0.0.1', proto), proto).toBe(true)
  for (const proto of [undefined, '', 'http', 'http, https', 'httpsx']) {
    expect(secure('10.0.0.1', proto), proto).toBe(false)
  }
  expect(secure('203.0.113.9', 'https')).toBe(false)
  expect(secure(undefined, 'https')).toBe(false)
  expect(secure(undefined, 'https', true)).toBe(true)
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['1.2.3.4:5678', '1.2.3.4'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::FFFF:0102:0304', '1.2.3.4'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[1.2.3.4]:80', '1.2.3.4'],
  ['01.2.3.4', null],
  ['localhost', null],
  ['', null],
])('the address in %j is %j', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})
